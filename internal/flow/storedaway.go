package flow

import "golang.org/x/tools/go/ssa"

// storedAway reports whether a parameter is put where others find it: into a
// field, a package variable or a map, here or some calls down.
func storedAway(v ssa.Value, depth int) bool {
	if depth == 0 || v.Referrers() == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Value == v {
				return true
			}
		case *ssa.Store:
			switch addr := ref.Addr.(type) {
			case *ssa.FieldAddr:
				if _, local := addr.X.(*ssa.Alloc); !local && ref.Val == v {
					return true
				}
			case *ssa.Global:
				return true
			}
		case *ssa.ChangeType:
			if storedAway(ref, depth) {
				return true
			}
		case *ssa.Call:
			fn := ref.Call.StaticCallee()
			for i, arg := range ref.Call.Args {
				if fn != nil && arg == v && i < len(fn.Params) && storedAway(fn.Params[i], depth-1) {
					return true
				}
			}
		}
	}
	return false
}
