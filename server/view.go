package server

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/story"
	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/flow"
	"github.com/ctxls/ctxls/internal/workspace"
)

// view is one module, or the part of it in a workspace folder, and what was
// found in it.
type view struct {
	dir   string
	hasty bool // a request made it, by settings that may be old; the session's lock guards it

	failure string          // why it could not be loaded; only the worker uses it
	notes   map[string]bool // files outside of packages that have a problem; only the worker uses it
	poller  poller

	sites *callsites.Set // in the view's folders

	mu       sync.Mutex
	need     need
	setup    setup            // of dir
	setups   map[string]setup // of its other folders
	driver   driver
	drivers  int  // how many there were before
	closed   bool // no driver follows any more
	loaded   bool
	tracker  *tracker
	files    map[string]*fileResult
	packages map[string][]string // files by package ID
}

// setup is what the settings make of a folder. How packages are loaded goes by
// the setup of the view's own.
type setup struct {
	shown     diagnostics.Options
	excluding []config.Config
	tests     bool
	buildTags []string
	functions flow.Options
	hints     hints
	typing    *time.Duration // nil: as the server was started
}

// fileResult is what is known of one file. It is never modified once it is in
// a view.
type fileResult struct {
	pkg      string // the package's ID
	text     []byte // that it was found in
	snapshot snapshot
	findings []diagnostics.Finding
	story    story.Encoded    // of the package
	problem  *workspace.Error // the first one
	more     int              // further problems
	partial  bool             // the rules ran in spite of them
	apart    bool             // functions of other files have a say in the findings
	early    bool             // the rest of the package isn't known yet
}

func (r *fileResult) add(e workspace.Error) {
	if r.problem == nil {
		r.problem = &e
		return
	}
	r.more++
}

// current reports whether the result was found in the document's text. A file
// that is not open has only the one on disk.
func (r *fileResult) current(doc *document) bool {
	return doc == nil || bytes.Equal(r.text, doc.text)
}

// configure takes over a new setup. It makes the view's driver anew, with what
// is open as overlays, when that asks for another way to load. The session is
// locked.
func (s *session) configure(v *view, folder string, next setup) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.setup
	v.need.folder, v.setup = folder, next
	if old.hints != next.hints {
		s.refreshHints()
	}
	v.setups = make(map[string]setup)
	if v.driver != nil && old.tests == next.tests && slices.Equal(old.buildTags, next.buildTags) && old.functions.Key() == next.functions.Key() {
		return
	}
	s.replaceDriver(v)
}

// replaceDriver makes the view's driver. The session and the view are locked.
func (s *session) replaceDriver(v *view) {
	if d := v.driver; d != nil {
		v.drivers++
		s.spawnLocked("closing a view", func() { closeDriver(d, s.log) })
	}
	v.loaded = false
	v.driver = s.opts.newDriver(driverOptions{
		Dir: v.dir, Env: s.opts.Env, BuildTags: v.setup.buildTags, Tests: v.setup.tests,
		Root: diagnostics.NewSuite(v.setup.functions), Salt: v.setup.functions.Key(),
		CacheDir: s.opts.CacheDir, Progress: v.progress,
	})
	for _, doc := range s.docs {
		v.driver.SetOverlay(doc.path, doc.text)
	}
}

func closeDriver(d driver, log *slog.Logger) {
	if err := d.Close(); err != nil {
		log.Warn("closing a view", "error", err)
	}
}

func (v *view) close(log *slog.Logger) {
	v.mu.Lock()
	d := v.driver
	v.closed = true
	v.drivers++
	v.mu.Unlock()
	if d != nil {
		closeDriver(d, log)
	}
}

func (v *view) needed() need {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.need
}

// addPatterns adds to what is loaded. The session is locked.
func (v *view) addPatterns(patterns ...string) {
	v.setPatterns(append(slices.Clone(v.needed().patterns), patterns...))
}

// setPatterns keeps them in order: the same set is one question to the go
// command. The session is locked.
func (v *view) setPatterns(patterns []string) {
	patterns = slices.Clone(patterns)
	slices.Sort(patterns)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.need.patterns = slices.Compact(patterns)
}

// covers reports whether the packages in the file's folder are the view's.
func (v *view) covers(path string) bool {
	patterns := v.needed().patterns
	rel, err := filepath.Rel(v.dir, filepath.Dir(path))
	return slices.Contains(patterns, allPackages) || err == nil && slices.Contains(patterns, "./"+filepath.ToSlash(rel))
}

// load takes a snapshot of what the view is now. When the driver is replaced
// meanwhile, its successor gives it. A file of a view that is closed has another
// one now, or none.
func (v *view) load(ctx context.Context) (snapshot, error) {
	for {
		v.mu.Lock()
		d, patterns, turn, closed := v.driver, v.need.patterns, v.drivers, v.closed
		v.mu.Unlock()
		if closed {
			return nil, protocol.ErrContentModified
		}
		snap, err := d.Snapshot(ctx, patterns...)
		v.sites.Changed()
		if err == nil || ctx.Err() != nil || v.turn() == turn {
			return snap, err
		}
	}
}

// turn changes when the view gets another driver or is closed: the failures of the one
// before say nothing any more.
func (v *view) turn() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.drivers
}

// withDriver calls f with the driver that is in use.
func (v *view) withDriver(f func(driver)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.driver != nil {
		f(v.driver)
	}
}

// result returns what is known of the file, nil if nothing is.
func (v *view) result(path string) *fileResult {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.files[path]
}

func (v *view) results() map[string]*fileResult {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.files)
}

// update puts the results of a package in place of its older ones and returns
// the files to publish.
func (v *view) update(id string, results map[string]*fileResult) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.replace(id, results)
}

func (v *view) replace(id string, results map[string]*fileResult) []string {
	changed := make(map[string]bool)
	for _, path := range v.packages[id] {
		if old := v.files[path]; old != nil && old.pkg == id && results[path] == nil {
			delete(v.files, path)
			changed[path] = true
		}
	}
	delete(v.packages, id)
	for path, r := range results {
		v.files[path] = r
		v.packages[id] = append(v.packages[id], path)
		changed[path] = true
	}
	return slices.Sorted(maps.Keys(changed))
}

// retain drops the results of all other packages and returns their files.
func (v *view) retain(ids []string) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var paths []string
	for _, id := range slices.Sorted(maps.Keys(v.packages)) {
		if !slices.Contains(ids, id) {
			paths = append(paths, v.replace(id, nil)...)
		}
	}
	return paths
}

// clear drops everything and returns the files that were known.
func (v *view) clear() []string {
	return append(v.retain(nil), slices.Sorted(maps.Keys(v.notes))...)
}

// inherit takes over what a closed view knew of a file, until its package is
// analysed in this one, or turns out not to be in it.
func (v *view) inherit(path string, r *fileResult) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.files[path] == nil {
		v.files[path] = r
		v.packages[r.pkg] = append(v.packages[r.pkg], path)
	}
}

// setupIn returns the setup of a folder in the view.
func (s *session) setupIn(v *view, dir string) setup {
	v.mu.Lock()
	known, ok := v.setups[dir]
	if dir == v.dir {
		known, ok = v.setup, true
	}
	folder := v.need.folder
	v.mu.Unlock()
	if !ok {
		known = s.setupOf(dir, folder)
		v.mu.Lock()
		v.setups[dir] = known
		v.mu.Unlock()
	}
	return known
}

// results sorts what came out of a package by file.
func (s *session) results(v *view, snap snapshot, p workspace.PackageResult) map[string]*fileResult {
	byFile := make(map[string]*fileResult)
	at := func(path string) *fileResult {
		if byFile[path] == nil {
			text, _ := snap.Text(path) // nil for a file that is gone
			byFile[path] = &fileResult{pkg: p.ID, snapshot: snap, text: text, partial: p.Result != nil}
		}
		return byFile[path]
	}
	byDir := make(map[string][]diagnostics.Finding)
	for _, path := range p.Files {
		at(path)
	}
	if report, ok := p.Result.(*diagnostics.Report); ok {
		for _, path := range p.Files {
			r := at(path)
			r.story, r.apart = report.Story, slices.Contains(report.Apart, path)
		}
		for _, f := range report.Findings {
			dir := filepath.Dir(f.Range.File)
			byDir[dir] = append(byDir[dir], f)
		}
	}
	for dir, findings := range byDir {
		setup := s.setupIn(v, dir)
		shown := setup.shown
		shown.Refuted = func(p callsites.Premise) bool { return v.sites.Refutes(s.root, p) }
		for _, f := range diagnostics.Select(findings, shown) {
			if !setup.excludes(f.Range.File) {
				r := at(f.Range.File)
				r.findings = append(r.findings, f)
			}
		}
	}
	for _, e := range p.Errors {
		if e.File != "" {
			at(e.File).add(e)
		}
	}
	return byFile
}

func (s setup) excludes(path string) bool {
	return slices.ContainsFunc(s.excluding, func(c config.Config) bool { return c.Excludes(path) })
}
