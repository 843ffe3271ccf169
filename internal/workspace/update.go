package workspace

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"time"
)

// update makes the outcome of a package from what is retained of it, when only
// function bodies and comments of some files have changed since. It returns
// nil when that isn't so; the package is then analysed as a whole.
//
// Files that changed are parsed again. Their functions are type-checked beside
// the package that is there, each under the name _, which declares nothing;
// the package's own objects stay the same. Everything that was known of the
// other files stands.
func (r *analysisRun) update(ctx context.Context, st *state, key digest, m *making) *outcome {
	old := r.w.kept.take(st.id)
	if old == nil {
		return nil
	}
	u := &update{analysisRun: r, st: st, old: old}
	if !u.prepare() {
		if u.applies {
			r.w.keep(old) // the next text may do
		} else {
			r.w.forget(old)
		}
		u.drop()
		return nil
	}
	return u.finish(ctx, key, m)
}

// update is one attempt.
type update struct {
	*analysisRun
	st  *state
	old *retained

	applies bool // the retained package is still of use
	files   []*updatedFile
	info    *types.Info // of the functions in files
}

// updatedFile is a file of the package with a new text.
type updatedFile struct {
	index    int
	text     []byte
	tok      *token.File
	old, new *ast.File
	alone    *ast.File // with the functions under other names
}

// prepare does all that can fail, and changes nothing that is retained.
func (u *update) prepare() bool {
	old, st := u.old, u.st
	h := newHasher("imports")
	u.hashImports(h, st.node)
	if old.node != st.node || old.imports != h.sum() || old.updates >= mostUpdates || !u.sameDeps() {
		return false
	}
	u.applies = true
	start := time.Now()
	for i, src := range st.sources {
		if src.hash != old.sources[i].hash && !u.parse(i, src) {
			return false
		}
	}
	u.w.stats.since(start, checkingTime)
	// Without a file that changed, the last analysis of this text was cancelled.
	return len(u.files) == 0 || u.check()
}

// sameDeps reports whether the types of the imports are still the same ones.
func (u *update) sameDeps() bool {
	for _, id := range u.st.deps {
		if d := u.state(u.graph.nodes[id]).current(); d == nil || d != u.old.deps[id] {
			return false
		}
	}
	return true
}

// parse reads a file that changed, and reports whether it may be replaced.
func (u *update) parse(i int, src *source) bool {
	name := u.st.files[i]
	text, err := u.w.text(name, src, true)
	if err != nil {
		return false
	}
	f := &updatedFile{index: i, text: text, old: u.old.c.files[i]}
	f.new, err = parser.ParseFile(u.w.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if f.new == nil {
		return false
	}
	if f.tok = u.w.fset.File(f.new.FileStart); f.tok == nil {
		return false
	}
	u.files = append(u.files, f)
	oldTok := u.w.fset.File(f.old.FileStart)
	return err == nil && oldTok != nil &&
		declarations(f.tok, f.new, text) == u.old.decls[i] &&
		f.new.GoVersion == f.old.GoVersion &&
		sameDeclarations(oldTok, f.old, u.old.texts[i], f.tok, f.new, text) &&
		u.othersStay(f.old)
}

// othersStay reports whether the analyzers can go on with the functions of a
// file that can't be checked alone.
func (u *update) othersStay(file *ast.File) bool {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil || checkedAlone(fn) {
			continue
		}
		for _, result := range u.old.results {
			if !result.(Updatable).CanStay(fn) {
				return false
			}
		}
	}
	return true
}

// sameDeclarations reports whether two versions of a file have the same text
// in all declarations, but for the bodies of functions and for comments
// between them.
func sameDeclarations(oldTok *token.File, old *ast.File, oldText []byte, newTok *token.File, file *ast.File, text []byte) bool {
	if len(old.Decls) != len(file.Decls) {
		return false
	}
	for i, a := range old.Decls {
		b := file.Decls[i]
		endA, endB := a.End(), b.End()
		fnA, isFuncA := a.(*ast.FuncDecl)
		fnB, isFuncB := b.(*ast.FuncDecl)
		if isFuncA != isFuncB {
			return false
		}
		if isFuncA {
			if (fnA.Body == nil) != (fnB.Body == nil) {
				return false
			}
			if checkedAlone(fnB) {
				endA, endB = fnA.Body.Lbrace, fnB.Body.Lbrace
			}
		} else if dotImport(b) {
			return false
		}
		if !bytes.Equal(oldText[oldTok.Offset(a.Pos()):oldTok.Offset(endA)], text[newTok.Offset(b.Pos()):newTok.Offset(endB)]) {
			return false
		}
	}
	return true
}

// checkedAlone reports whether a function can be checked beside its package.
// Type parameters would be other ones then; a function with those must stay.
func checkedAlone(decl ast.Decl) bool {
	fn, ok := decl.(*ast.FuncDecl)
	return ok && fn.Body != nil && !generic(fn)
}

func generic(fn *ast.FuncDecl) bool {
	if fn.Type.TypeParams != nil {
		return true
	}
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return false
	}
	t := ast.Unparen(fn.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(star.X)
	}
	switch t.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

func dotImport(decl ast.Decl) bool {
	gen, ok := decl.(*ast.GenDecl)
	return ok && slices.ContainsFunc(gen.Specs, func(spec ast.Spec) bool {
		imp, ok := spec.(*ast.ImportSpec)
		return ok && imp.Name != nil && imp.Name.Name == "."
	})
}

// check type-checks the functions of the files that changed.
func (u *update) check() bool {
	start := time.Now()
	defer u.w.stats.since(start, checkingTime)
	u.info = newInfo()
	clean := true
	cfg := u.config(u.st.node, &importer{n: u.st.node, decls: u.old.deps})
	cfg.DisableUnusedImportCheck = true // other declarations may use them
	cfg.Error = func(error) { clean = false }
	var alone []*ast.File
	for _, f := range u.files {
		f.alone = nameless(f.new)
		alone = append(alone, f.alone)
	}
	types.NewChecker(cfg, u.w.fset, u.old.c.pkg, u.info).Files(alone)
	if !clean {
		return false
	}
	untyped(u.info, false, func(token.Pos) { clean = false })
	return clean && !u.unusedImports()
}

// nameless is a file with the imports and functions of another, the functions
// under the name _.
func nameless(file *ast.File) *ast.File {
	out := *file
	out.Decls = nil
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			if decl.Tok == token.IMPORT {
				out.Decls = append(out.Decls, decl)
			}
		case *ast.FuncDecl:
			if !checkedAlone(decl) {
				continue
			}
			fn := *decl
			fn.Name = &ast.Ident{NamePos: decl.Name.NamePos, Name: "_"}
			out.Decls = append(out.Decls, &fn)
		}
	}
	return &out
}

// unusedImports reports whether nothing in a file uses one of its imports.
func (u *update) unusedImports() bool {
	for _, f := range u.files {
		used := make(map[*types.Package]bool)
		for i, decl := range f.new.Decls {
			if checkedAlone(decl) {
				usesPackages(u.info, decl, used)
			} else {
				usesPackages(u.old.c.info, f.old.Decls[i], used)
			}
		}
		for _, spec := range f.new.Imports {
			name := u.info.PkgNameOf(spec)
			if name == nil || name.Name() != "_" && !used[name.Imported()] {
				return true
			}
		}
	}
	return false
}

func usesPackages(info *types.Info, decl ast.Decl, used map[*types.Package]bool) {
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if name, ok := info.Uses[id].(*types.PkgName); ok {
				used[name.Imported()] = true
			}
		}
		return true
	})
}

// drop gives up what was parsed.
func (u *update) drop() {
	for _, f := range u.files {
		u.w.fset.RemoveFile(f.tok)
	}
}

// finish joins the new files to the package, and runs the analyzers.
func (u *update) finish(ctx context.Context, key digest, m *making) *outcome {
	old, st := u.old, u.st
	if ctx.Err() != nil {
		u.w.keep(old)
		u.drop()
		return &outcome{key: key, lost: true}
	}
	c := *old.c
	c.files = slices.Clone(c.files)
	replaced := make(map[*ast.File]*ast.File)
	for _, f := range u.files {
		u.join(f, &c)
		c.files[f.index] = f.new
		replaced[f.old] = f.new
	}
	if initCycle(&c) {
		u.w.forget(old)
		u.drop()
		return nil // the whole check tells where
	}
	next := *old
	next.c, next.updates = &c, old.updates+1
	next.sources, next.texts = st.sources, slices.Clone(old.texts)
	next.tokens = slices.Clip(old.tokens)
	for _, f := range u.files {
		next.texts[f.index] = f.text
		next.tokens = append(next.tokens, f.tok)
	}
	u.w.stats.add(func(stats *Stats) { stats.Updated++ })
	u.redeclare()

	out := &outcome{key: key, facts: new(factSet), analysed: true, errors: slices.Clone(st.errors)}
	start := time.Now()
	x := newExecution(u.analysisRun, st, &c)
	x.earlier, x.replaced = old.results, replaced
	x.early = func(result any) { u.tellEarly(st, m, result, replaced) }
	ok := x.execute(ctx, out)
	for _, f := range u.files {
		f.leave(&c)
	}
	u.w.stats.since(start, analysisTime)
	out.lost = !ok
	next.results = x.updatable()
	if (ok || ctx.Err() != nil) && len(next.results) == len(old.results) {
		u.w.keep(&next)
	} else {
		u.w.forget(&next)
	}
	out.errors = tidy(out.errors)
	out.out = u.offers(st, u.declDigest(st, next.decls), out)
	return out
}

// redeclare notes that importers see the same package in the new text.
func (u *update) redeclare() {
	decl := u.declDigest(u.st, u.old.decls)
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	if d := u.w.decls[u.st.id]; d != nil && d.decl == decl {
		d.content = u.st.content
	}
}
