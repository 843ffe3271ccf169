package flow

import "go/types"

// views is what depends on the types of the package and of its imports alone,
// and so is the same after an update.
type views struct {
	types   []types.Type // see inView
	satisfy map[*types.Interface][]types.Type
	impls   map[*types.Func][]*types.Func // by the method of an interface
	own     map[invokeKey][]*types.Func   // the methods of this package alone
}

func newViews() *views {
	return &views{
		satisfy: make(map[*types.Interface][]types.Type),
		impls:   make(map[*types.Func][]*types.Func),
		own:     make(map[invokeKey][]*types.Func),
	}
}
