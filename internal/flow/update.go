package flow

import (
	"context"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// Update returns the engine's view of a package in which files were replaced
// by others that differ in the bodies of declared functions, and in comments,
// alone. The pass has the new files and the same types.Package. The SSA of all
// other files is taken over. It returns nil where that can't be done. Either
// way p is of no use afterwards. Once ctx is done the summaries and what rules
// find may be incomplete: the result is then of use for the next Update alone.
func (p *Package) Update(ctx context.Context, pass *analysis.Pass, replaced map[*ast.File]*ast.File) any {
	if len(p.Lost) > 0 {
		return nil
	}
	for _, f := range p.Funcs {
		if f.Decl == nil && replaced[f.File] != nil {
			return nil // a literal of a package-level initialiser lies in init
		}
	}
	q := newPackage(pass, p.user)
	q.interrupted = func() bool { return ctx.Err() != nil }
	// The imports are the same, and so is what is known of them.
	q.imported, q.views = p.imported, p.views
	q.placeMentions = p.placeMentions
	for old := range replaced {
		delete(q.placeMentions, old)
	}
	q.known = p.known // own functions by their keys alone
	if !q.updateNoReturn(p, replaced) {
		return nil // the SSA of callers changes
	}
	q.placements = p.placements.replace(pass.Fset, replaced)
	g := &graft{p: q, old: p, replaced: make(map[*ssa.Function]*ssa.Function), instances: make(instances)}
	if !g.build(replaced) || len(q.Lost) > 0 {
		return nil
	}
	q.summariseAll()
	return q
}

// CanStay reports whether nothing in a function is of interest to any rule: no
// context, no channel, no goroutine.
func (p *Package) CanStay(fn *ast.FuncDecl) bool {
	stays := true
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt, *ast.ChanType:
			stays = false
		case ast.Expr:
			t := p.Pass.TypesInfo.TypeOf(n)
			if t == nil {
				return stays
			}
			if _, isChan := t.Underlying().(*types.Chan); isChan || IsContextLike(t) || isRequest(t) || IsCancelFunc(t) {
				stays = false
			}
		}
		return stays
	})
	return stays
}

// carried is what an update takes over.
type carried struct {
	home       map[types.Object]ssa.Member   // of functions, methods and variables
	stubs      map[*ast.File]*ast.File       // without bodies
	makers     map[*ssa.Function][]*ssa.Call // see Makers
	instances  instances                     // of generic functions; see instance
	placements placements
	views      *views

	placeMentions map[*ast.File][]placeMention
}

// graft puts the SSA of some files in place of that of their predecessors.
type graft struct {
	p, old   *Package
	fresh    *ssa.Package // has bodies for the new files alone
	replaced map[*ssa.Function]*ssa.Function

	instances instances // of generic functions in new files
}

// build builds the new files beside the old package, and joins both.
func (g *graft) build(replaced map[*ast.File]*ast.File) bool {
	p := g.p
	p.SSA, p.home, p.stubs = g.old.SSA, maps.Clone(g.old.home), g.old.stubs
	prog := p.SSA.Prog
	prog.SetNoReturn(p.NoReturn)
	isNew := make(map[*ast.File]bool, len(replaced))
	for old, file := range replaced {
		isNew[file] = true
		delete(p.stubs, old)
	}
	files := slices.Clone(p.buildable())
	for i, file := range p.Pass.Files {
		if !isNew[file] {
			files[i] = p.stub(file)
		}
	}
	// The initialisers are those of the old package.
	info := *p.Pass.TypesInfo
	info.InitOrder = nil
	g.fresh = prog.CreatePackage(p.Pass.Pkg, files, &info, false)
	g.fresh.Build()

	var bodies []*ssa.Function
	for _, file := range p.Pass.Files {
		if !isNew[file] {
			continue
		}
		for _, decl := range file.Decls {
			obj := declaredFunc(p.Pass.TypesInfo, decl)
			if obj == nil {
				continue
			}
			fn := prog.FuncValue(obj)
			if fn == nil {
				return false
			}
			if old := p.home[obj]; old != nil {
				g.replaced[old.(*ssa.Function)] = fn
			}
			p.home[obj] = fn
			if p.SSA.Members[fn.Name()] != nil && obj.Signature().Recv() == nil {
				p.SSA.Members[fn.Name()] = fn
			}
			bodies = append(bodies, fn)
		}
	}
	for _, fn := range bodies {
		if !g.adopt(fn) {
			return false
		}
	}
	p.collect()
	for _, f := range p.Funcs {
		if isNew[f.File] {
			continue
		}
		for _, body := range f.Bodies {
			if !g.redirect(body) {
				return false
			}
		}
	}
	init := p.SSA.Func("init")
	return init == nil || g.redirectAll(init)
}

// declaredFunc is the function that a declaration with a body declares.
func declaredFunc(info *types.Info, decl ast.Decl) *types.Func {
	if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil {
		obj, _ := info.Defs[decl.Name].(*types.Func)
		return obj
	}
	return nil
}

// adopt makes a new body and its literals refer to the old package's members.
func (g *graft) adopt(body *ssa.Function) bool {
	body.Pkg = g.p.SSA
	var operands []*ssa.Value
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			operands = instr.Operands(operands[:0])
			for _, operand := range operands {
				if !g.resolve(operand) {
					return false
				}
			}
		}
	}
	for _, lit := range body.AnonFuncs {
		if !g.adopt(lit) {
			return false
		}
	}
	return true
}

// resolve replaces a member of the fresh package by the one that stays.
func (g *graft) resolve(operand *ssa.Value) bool {
	switch v := (*operand).(type) {
	case *ssa.Global:
		if v.Pkg != g.fresh || v.Object() == nil {
			return true
		}
		home, ok := g.p.home[v.Object()].(*ssa.Global)
		if !ok {
			return false
		}
		*operand = home
	case *ssa.Function:
		if origin := v.Origin(); origin != nil {
			if origin.Pkg != g.fresh {
				return true
			}
			if g.p.home[origin.Object()] == origin {
				g.instances.add(v)
				return true
			}
			instance := g.old.instance(v)
			if instance == nil {
				return false
			}
			*operand = instance
			return true
		}
		if v.Pkg != g.fresh || v.Parent() != nil {
			return true
		}
		obj, ok := v.Object().(*types.Func)
		if !ok {
			return false
		}
		home, ok := g.p.home[obj].(*ssa.Function)
		if !ok {
			return false
		}
		*operand = home
	}
	return true
}

// redirect makes an old body refer to the functions that came in place of
// others.
func (g *graft) redirect(body *ssa.Function) bool {
	var operands []*ssa.Value
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			operands = instr.Operands(operands[:0])
			for _, operand := range operands {
				fn, ok := (*operand).(*ssa.Function)
				switch {
				case !ok:
				case g.replaced[fn] != nil:
					*operand = g.replaced[fn]
				case fn.Origin() != nil && g.replaced[fn.Origin()] != nil:
					instance := g.instances.like(fn)
					if instance == nil {
						return false
					}
					*operand = instance
				}
			}
		}
	}
	return true
}

func (g *graft) redirectAll(body *ssa.Function) bool {
	for _, lit := range body.AnonFuncs {
		if !g.redirectAll(lit) {
			return false
		}
	}
	return g.redirect(body)
}

// instances are instances of generic functions, by those.
type instances map[types.Object][]*ssa.Function

func (all instances) add(fn *ssa.Function) {
	obj := fn.Origin().Object()
	all[obj] = append(all[obj], fn)
}

// like returns the instance with the type arguments of another, nil if there
// is none.
func (all instances) like(fn *ssa.Function) *ssa.Function {
	for _, instance := range all[fn.Origin().Object()] {
		if slices.EqualFunc(instance.TypeArgs(), fn.TypeArgs(), types.Identical) {
			return instance
		}
	}
	return nil
}

// instance finds the instance of a generic function of this package that
// bodies here use already, nil if none does.
func (p *Package) instance(like *ssa.Function) *ssa.Function {
	if p.instances == nil {
		p.instances = make(instances)
		var operands []*ssa.Value
		for _, body := range p.bodies() {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					operands = instr.Operands(operands[:0])
					for _, operand := range operands {
						if fn, ok := (*operand).(*ssa.Function); ok && fn.Origin() != nil && p.bySSA[fn.Origin()] != nil {
							p.instances.add(fn)
						}
					}
				}
			}
		}
	}
	return p.instances.like(like)
}

// stub returns the file without function bodies.
func (p *Package) stub(file *ast.File) *ast.File {
	if stub := p.stubs[file]; stub != nil {
		return stub
	}
	stub := *file
	stub.Decls = make([]ast.Decl, len(file.Decls))
	for i, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
			bare := *fn
			bare.Body = nil
			decl = &bare
		}
		stub.Decls[i] = decl
	}
	p.stubs[file] = &stub
	return &stub
}

// members maps the package's functions, methods and variables to their SSA.
func (p *Package) members() map[types.Object]ssa.Member {
	all := make(map[types.Object]ssa.Member)
	for _, m := range p.SSA.Members {
		switch m := m.(type) {
		case *ssa.Global:
			if m.Object() != nil {
				all[m.Object()] = m
			}
		case *ssa.Function:
			if m.Object() != nil {
				all[m.Object()] = m
			}
		}
	}
	for _, file := range p.Pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok {
				if obj, ok := p.Pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
					if fn := p.SSA.Prog.FuncValue(obj); fn != nil {
						all[obj] = fn
					}
				}
			}
		}
	}
	return all
}
