package flow

import "go/types"

// views is what depends on the types of the package and of its imports alone,
// and so is the same after an update.
type views struct {
	types   []types.Type // see inView
	satisfy map[*types.Interface][]types.Type
	impls   map[methodOn][]*types.Func
	own     map[invokeKey][]*types.Func // the methods of this package alone
}

// methodOn is a method as it is called on values of an interface, which can have
// it from another one that more types satisfy.
type methodOn struct {
	iface  *types.Interface
	method *types.Func
}

func newViews() *views {
	return &views{
		satisfy: make(map[*types.Interface][]types.Type),
		impls:   make(map[methodOn][]*types.Func),
		own:     make(map[invokeKey][]*types.Func),
	}
}
