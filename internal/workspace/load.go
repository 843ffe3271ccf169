package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/packages"
)

// loadMode asks for metadata alone. NeedCompiledGoFiles, NeedTypesSizes and
// the modes beyond would make the go command run cgo and compile.
const loadMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule | packages.NeedForTest

// load asks the go command for patterns. The caller holds the loading token.
func (w *Workspace) load(ctx context.Context, gen *generation, overlays map[string]*source, patterns []string) (*load, error) {
	start := time.Now()
	defer w.stats.since(start, loadingTime)
	if w.opts.Progress != nil {
		w.opts.Progress(Progress{Phase: "loading"})
	}
	if gen.env == nil {
		env, err := w.readEnv(ctx)
		if err != nil {
			return nil, err
		}
		w.mu.Lock()
		gen.env = env
		w.mu.Unlock()
	}
	expanded, err := w.expand(ctx, gen.env, patterns)
	if err != nil {
		return nil, err
	}
	cfg := &packages.Config{
		Mode: loadMode, Context: ctx, Dir: w.opts.Dir, Env: w.opts.Env, Tests: w.opts.Tests,
		Overlay: make(map[string][]byte),
	}
	if len(w.opts.BuildTags) > 0 {
		cfg.BuildFlags = []string{"-tags=" + strings.Join(w.opts.BuildTags, ",")}
	}
	for path, src := range overlays {
		cfg.Overlay[path] = src.text
	}
	hashed := make(chan error, 1)
	go func() { // needed soon, and the go command leaves us a core
		hashed <- guarded("hashing the program", func() error {
			program()
			return nil
		})
	}()
	pkgs, err := packages.Load(cfg, expanded...)
	if err := <-hashed; err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("loading %s: %w", strings.Join(patterns, " "), context.Cause(ctx))
	}
	if err != nil {
		return nil, w.listFailure(gen.env, expanded, err)
	}
	l, nodes := w.convert(gen.env, pkgs)
	if err := w.unusable(gen.env, expanded, l, nodes); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	gen.graph = gen.graph.merge(nodes, l.roots)
	for _, n := range nodes {
		for _, err := range n.errors {
			// The go command may have seen it half written: ask again at its next change.
			delete(w.shapes, err.File)
		}
	}
	if gen.loads == nil {
		gen.loads = make(map[string]*load)
	}
	gen.loads[patternKey(patterns)] = l
	if slices.ContainsFunc(patterns, func(p string) bool { return !strings.HasPrefix(p, "file=") }) {
		gen.whole = true
	}
	return l, nil
}

func patternKey(patterns []string) string { return strings.Join(patterns, "\x00") }

// convert makes nodes of what go/packages returned, and picks the roots.
func (w *Workspace) convert(env *goEnv, pkgs []*packages.Package) (*load, map[string]*node) {
	nodes := make(map[string]*node)
	ids := make(map[*packages.Package]string)
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		ids[p] = p.ID
		if p.ID == "command-line-arguments" && len(p.GoFiles) > 0 {
			// Every file outside of a module gets this ID.
			ids[p] += " (" + p.GoFiles[0] + ")"
		}
		if p.ID == "unsafe" || isTestMain(p) {
			return
		}
		nodes[ids[p]] = w.convertPackage(env, p)
	})
	for p, id := range ids {
		n := nodes[id]
		if n == nil {
			continue
		}
		imports := make(map[string]string)
		for path, dep := range p.Imports {
			switch d := nodes[ids[dep]]; {
			case dep.ID == "unsafe":
			case d == nil || len(d.files) == 0:
				n.missing[path] = "there is no such package"
				if len(dep.Errors) > 0 {
					n.missing[path] = oneLine(dep.Errors[0].Msg)
				}
			default:
				imports[path] = ids[dep]
			}
		}
		n.setImports(imports)
	}
	return pickRoots(pkgs, ids, nodes), nodes
}

// pickRoots returns the widest variants among the packages that matched.
func pickRoots(pkgs []*packages.Package, ids map[*packages.Package]string, nodes map[string]*node) *load {
	l := new(load)
	matched := make(map[string]bool)
	tested := make(map[string]bool)
	for _, p := range pkgs {
		matched[p.ID] = true
		if n := nodes[ids[p]]; n != nil && len(n.files) > 0 {
			tested[n.forTest] = true
		}
	}
	for _, p := range pkgs {
		n := nodes[ids[p]]
		switch {
		case n == nil:
		case n.forTest == "" && matched[testVariant(n.pkgPath)]:
			// p [p.test] has all of p and more.
		case len(n.files) == 0 && tested[n.pkgPath]:
			// It has external tests alone.
		case len(n.files) == 0:
			l.errors = append(l.errors, n.errors...)
		default:
			l.roots = append(l.roots, n.id)
		}
	}
	slices.Sort(l.roots)
	l.roots = slices.Compact(l.roots)
	return l
}

// isTestMain reports whether p is a main package that go test generates.
func isTestMain(p *packages.Package) bool {
	return p.Name == "main" && strings.HasSuffix(p.ID, ".test") && len(p.GoFiles) <= 1 &&
		(len(p.GoFiles) == 0 || filepath.Base(p.GoFiles[0]) == "_testmain.go" || filepath.Ext(p.GoFiles[0]) != ".go")
}

func (w *Workspace) convertPackage(env *goEnv, p *packages.Package) *node {
	n := &node{
		id: p.ID, pkgPath: p.PkgPath, name: p.Name, forTest: p.ForTest, module: p.Module,
		files: p.GoFiles, other: p.OtherFiles,
		missing: make(map[string]string),
	}
	if p.ID == "command-line-arguments" && len(p.GoFiles) > 0 {
		n.id += " (" + p.GoFiles[0] + ")"
		n.pkgPath = "command-line-arguments"
	}
	if len(n.files) > 0 {
		n.dir = filepath.Dir(n.files[0])
	}
	n.std = n.module == nil && env.goroot != "" && within(n.dir, filepath.Join(env.goroot, "src"))
	n.frozen = n.module != nil && n.module.Version != "" && env.modcache != "" && within(n.dir, env.modcache)
	for _, err := range p.Errors {
		n.errors = append(n.errors, w.listError(err))
	}
	return n
}

// expand replaces patterns below a go.work file that is no module of its own
// by the modules there: the go command finds nothing for them.
func (w *Workspace) expand(ctx context.Context, env *goEnv, patterns []string) ([]string, error) {
	if env.gowork == "" {
		return patterns, nil
	}
	var modules []string
	var out []string
	for _, pattern := range patterns {
		base, recursive := strings.CutSuffix(pattern, "/...")
		if !recursive || !(base == "." || strings.HasPrefix(base, "./") || strings.HasPrefix(base, "../") || filepath.IsAbs(base)) {
			out = append(out, pattern)
			continue
		}
		if modules == nil {
			var err error
			if modules, err = w.goModules(ctx); err != nil {
				return nil, err
			}
		}
		folder := base
		if !filepath.IsAbs(base) {
			folder = filepath.Join(w.opts.Dir, base)
		}
		var below []string
		inside := false
		for _, dir := range modules {
			inside = inside || within(folder, dir)
			if within(dir, folder) {
				below = append(below, filepath.Join(dir, "..."))
			}
		}
		if inside || len(below) == 0 {
			out = append(out, pattern)
		} else {
			out = append(out, below...)
		}
	}
	return out, nil
}

// within reports whether path is dir or below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}
