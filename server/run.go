package server

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/workspace"
)

// part is what a job does in one view.
type part struct {
	view  *view
	snap  snapshot
	focus []string        // files
	first []string        // the packages that contain them
	done  map[string]bool // packages
}

// run does a job and returns what it did not come to.
func (s *session) run(ctx context.Context, j job) (rest job) {
	defer s.refresh()
	if s.awaitSettings(ctx) != nil {
		return j
	}
	again, err := s.syncViews(ctx)
	if err != nil {
		return j
	}
	j.all = j.all || again // a module may have come or gone
	if j.all {
		for _, v := range s.allViews() {
			if changed := v.poller.changed(); len(changed) > 0 {
				s.filesChanged(changed...)
			}
		}
		if _, err := s.syncViews(ctx); err != nil { // there may be a new module, or other settings
			return j
		}
	}
	parts := s.parts(j)
	progress := s.track(parts, j)
	defer progress.end()

	told := s.watching()
	s.worker.setLoading(true)
	for _, p := range parts {
		if err := s.loadPart(ctx, p); err != nil {
			return j
		}
		p.view.poller.note(p.view, p.snap, told)
	}
	if !s.worker.setLoading(false) {
		return j
	}
	parts = slices.DeleteFunc(parts, func(p *part) bool { return p.snap == nil })
	for _, p := range parts {
		for _, path := range p.focus {
			ids := p.snap.Containing(path)
			if len(ids) == 0 {
				s.explain(p.view, path)
			}
			p.first = append(p.first, ids...)
		}
		s.worker.setAbout(p.focus)
		if s.analyse(ctx, p, p.first) != nil {
			return j
		}
		s.worker.setAbout(nil)
	}
	for _, p := range parts {
		err := p.snap.Retain(ctx, p.first)
		if ctx.Err() != nil {
			return j
		}
		if err != nil { // the next edit costs more, that is all
			s.log.WarnContext(ctx, "a package could not be retained", "folder", p.view.dir, "error", err)
		}
	}
	if j.importers {
		for _, p := range parts {
			if len(p.first) > 0 && s.analyse(ctx, p, p.snap.Importers(p.first...)) != nil {
				return j
			}
		}
	}
	if !j.all {
		return job{}
	}
	for _, p := range parts {
		if s.analyse(ctx, p, p.snap.Roots()) != nil {
			return job{all: true}
		}
		for _, path := range p.view.retain(p.snap.Roots()) {
			s.publish(path, nil)
		}
	}
	return job{}
}

// parts divides a job by views.
func (s *session) parts(j job) []*part {
	var parts []*part
	of := func(v *view) *part {
		for _, p := range parts {
			if p.view == v {
				return p
			}
		}
		p := &part{view: v, done: make(map[string]bool)}
		parts = append(parts, p)
		return p
	}
	for _, path := range j.focus {
		if filepath.Ext(path) != ".go" {
			continue
		}
		v := s.viewOf(path)
		if v == nil {
			s.explain(nil, path)
			continue
		}
		p := of(v)
		p.focus = append(p.focus, path)
	}
	if j.all {
		for _, v := range s.allViews() {
			of(v)
		}
	}
	return parts
}

// loadPart takes the snapshot; it returns an error only when ctx has ended.
func (s *session) loadPart(ctx context.Context, p *part) error {
	snap, err := p.view.load(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var problems []workspace.Error
	var load *workspace.LoadError
	failure := ""
	switch {
	case errors.As(err, &load):
		problems = load.Errors
	case errors.Is(err, workspace.ErrNoPackages): // nothing to say about an empty folder
		for _, path := range p.view.retain(nil) {
			s.publish(path, nil)
		}
	case err != nil:
		failure = fmt.Sprintf("ctxls cannot load %s: %v", p.view.dir, err)
	default:
		p.snap = snap
		problems = snap.Errors()
	}
	notes := make(map[string]*fileResult)
	for _, e := range problems {
		if failure == "" && (e.File == "" || load != nil) {
			failure = loadFailure(p.view.dir, e)
		}
		if e.File == "" || snap != nil && len(snap.Containing(e.File)) > 0 {
			continue // those of packages come with their results
		}
		if notes[e.File] == nil {
			notes[e.File] = new(fileResult)
		}
		notes[e.File].add(e)
	}
	s.report(p.view, failure, notes)
	return nil
}

var (
	missingModule = regexp.MustCompile(`cannot load module (\S+) listed in go\.work file`)
	unlisted      = regexp.MustCompile(`does not contain modules listed in go\.work|is not one of the workspace modules listed in go\.work`)
)

// loadFailure is the same for all views that one file keeps from loading: it is
// shown once.
func loadFailure(dir string, e workspace.Error) string {
	if unlisted.MatchString(e.Message) {
		return fmt.Sprintf("ctxls cannot load %s: %s does not list it (go work use %[1]s would add it)", dir, workFile(dir))
	}
	if m := missingModule.FindStringSubmatch(e.Message); m != nil {
		listed := m[1]
		if !filepath.IsAbs(listed) {
			listed = filepath.Join(dir, listed)
		}
		return fmt.Sprintf("ctxls cannot load any package: %s lists %s, where there is no module", workFile(dir), listed)
	}
	if e.File == "" {
		return fmt.Sprintf("ctxls cannot load all of %s: %s", dir, e.Message)
	}
	return fmt.Sprintf("ctxls cannot load all packages: %s:%d: %s", e.File, max(e.Line, 1), e.Message)
}

// report shows what is wrong with a view beyond its packages, and takes back
// what no longer is.
func (s *session) report(v *view, failure string, notes map[string]*fileResult) {
	if v.failure != failure {
		s.unsay(v.failure)
		v.failure = failure
	}
	if failure != "" {
		s.say(protocol.MessageTypeError, failure)
	}
	for path := range v.notes {
		if notes[path] == nil {
			s.publish(path, nil)
		}
	}
	clear(v.notes)
	for path, r := range notes {
		v.notes[path] = true
		s.publish(path, r)
	}
}

// analyse runs the rules on those of the packages that were not done yet, and
// publishes what they find.
func (s *session) analyse(ctx context.Context, p *part, ids []string) error {
	var todo []string
	for _, id := range ids {
		if !p.done[id] && !slices.Contains(todo, id) {
			todo = append(todo, id)
		}
	}
	if len(todo) == 0 {
		return ctx.Err()
	}
	turn := p.view.turn()
	early := func(part workspace.Part) {
		if ctx.Err() != nil {
			return
		}
		for path, r := range s.earlyResults(p.view, p.snap, part) {
			s.publish(path, r)
		}
	}
	err := s.eachResult(ctx, p.snap, todo, early, func(r workspace.PackageResult) {
		if ctx.Err() != nil {
			return
		}
		results := s.results(p.view, p.snap, r)
		for _, path := range p.view.update(r.ID, results) {
			s.publish(path, results[path])
		}
		if report, ok := r.Result.(*diagnostics.Report); ok && len(report.Lost) > 0 {
			s.log.ErrorContext(ctx, "a rule failed", "package", r.ID, "functions", strings.Join(report.Lost, ", "))
		}
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && p.view.turn() != turn {
		return err // whoever has replaced the driver has submitted a job
	}
	if err != nil {
		s.log.ErrorContext(ctx, "an analysis failed", "folder", p.view.dir, "error", err)
		s.say(protocol.MessageTypeError, fmt.Sprintf("ctxls cannot analyse %s: %v", p.view.dir, err))
	}
	for _, id := range todo {
		p.done[id] = true
	}
	return nil
}

// eachResult analyses packages and calls each with what comes out, early with
// what is known before; that may be nil. A panic in one of them becomes an
// error: they are called on goroutines that are not ours.
func (s *session) eachResult(ctx context.Context, snap snapshot, ids []string, early func(workspace.Part), each func(workspace.PackageResult)) error {
	var failed error
	guarded := func(id string, f func()) {
		defer func() {
			if cause := recover(); cause != nil {
				s.log.Error("a result could not be taken over", "package", id, "cause", cause, "stack", string(debug.Stack()))
				failed = fmt.Errorf("the result of %s could not be taken over: %v", id, cause)
			}
		}()
		f()
	}
	sooner := func(part workspace.Part) { guarded(part.ID, func() { early(part) }) }
	if early == nil {
		sooner = nil
	}
	err := snap.AnalyzeInParts(ctx, ids, sooner, func(r workspace.PackageResult) { guarded(r.ID, func() { each(r) }) })
	if err != nil {
		return err
	}
	return failed
}
