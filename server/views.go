package server

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/config"
)

// syncViews makes the views that are needed now, and closes all others. It
// reports whether it has looked for modules again. Only the worker calls it.
func (s *session) syncViews(ctx context.Context) (again bool, err error) {
	modules, again, err := s.modulesOf(ctx)
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	folders, docs := slices.Clone(s.folders), s.docs
	s.mu.Unlock()
	needs := needed(modules, folders, docs)
	if !again && s.untold(needs) {
		return s.syncViews(ctx)
	}
	for _, dir := range slices.Sorted(maps.Keys(needs)) {
		s.fit(dir, needs[dir], docs, again)
	}
	s.closeViews(func(v *view) bool {
		_, ok := needs[v.dir]
		return !ok && !s.openedSince(docs, v.dir)
	})
	return again, nil
}

// untold reports whether an open file shows that there is a module which nobody
// has told of, and has the modules looked for again. It does so when the view
// is made: what isn't found then needn't be looked for with every job.
func (s *session) untold(needs map[string]need) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for dir, n := range needs {
		if v := s.viewAt(dir); n.untold && (v == nil || v.hasty) && isFolder(dir) {
			s.unread = true
			return true
		}
	}
	return false
}

// openedSince reports whether a file in the folder was opened after docs were
// taken. It has a job of its own to come. The session is locked.
func (s *session) openedSince(docs documents, dir string) bool {
	for path := range s.docs {
		if docs[path] == nil && below(path, dir) {
			return true
		}
	}
	return false
}

func (s *session) allViews() []*view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.views)
}

// viewIn returns the view that has the packages of a file's folder, the
// innermost one, nil if there is none.
func (s *session) viewIn(path string) *view {
	module := moduleRoot(filepath.Dir(path))
	var best *view
	for _, v := range s.allViews() {
		if below(path, v.dir) && below(v.dir, module) && (best == nil || len(v.dir) > len(best.dir)) && v.covers(path) {
			best = v
		}
	}
	return best
}

// viewOf returns the view that the file is in. It makes the one that the worker
// is about to make, and returns nil for a file that none is needed for.
func (s *session) viewOf(path string) *view {
	if v := s.viewIn(path); v != nil {
		return v
	}
	s.mu.Lock()
	folders := slices.Clone(s.folders)
	s.mu.Unlock()
	h := homeOf(folders, path)
	if h.dir == "" || !h.member && s.documents()[path] == nil {
		return nil
	}
	return s.reveal(h)
}

// reveal makes the view of a home, for a request. The worker may have made it
// meanwhile, by newer settings than those that are read here: then it gets
// nothing but the packages.
func (s *session) reveal(h home) *view {
	next := s.setupOf(h.dir, h.folder)
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.viewAt(h.dir); v != nil {
		v.addPatterns(h.pattern)
		return v
	}
	v := s.addView(h.dir)
	v.hasty = true
	v.addPatterns(h.pattern)
	s.configure(v, h.folder, next)
	return v
}

// viewAt returns the view of a folder, nil if there is none. The session is
// locked.
func (s *session) viewAt(dir string) *view {
	for _, v := range s.views {
		if v.dir == dir {
			return v
		}
	}
	return nil
}

// addView adds one that has yet to be configured. The session is locked.
func (s *session) addView(dir string) *view {
	v := &view{
		sites: callsites.NewSet(config.Root),
		dir:   dir, files: make(map[string]*fileResult), packages: make(map[string][]string), notes: make(map[string]bool),
		poller: poller{since: time.Now().Add(-clockGrain)},
	}
	s.views = append(s.views, v)
	return v
}

// fit makes the view of a folder, or has the one that there is be what is
// needed for docs; again says that its settings may have changed. Only the
// worker calls it.
func (s *session) fit(dir string, n need, docs documents, again bool) {
	s.mu.Lock()
	v := s.viewAt(dir)
	fits := v != nil && !again && !v.hasty && v.needed().folder == n.folder
	s.mu.Unlock()
	var next setup
	if !fits {
		next = s.setupOf(dir, n.folder)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v = s.viewAt(dir); v == nil {
		v = s.addView(dir)
	}
	if s.openedSince(docs, dir) { // a request may be about it
		v.addPatterns(n.patterns...)
	} else {
		v.setPatterns(n.patterns)
	}
	if !fits {
		v.hasty = false
		s.configure(v, n.folder, next)
	}
}

// closeViews closes the views that match. What was shown of them is cleared,
// but for the files that another view has now: those it shows itself.
func (s *session) closeViews(match func(*view) bool) {
	s.mu.Lock()
	var closed []*view
	s.views = slices.DeleteFunc(s.views, func(v *view) bool {
		if match(v) {
			closed = append(closed, v)
			return true
		}
		return false
	})
	s.mu.Unlock()
	for _, v := range closed {
		results := v.results()
		for _, path := range v.clear() {
			_, err := s.textOf(s.documents())(path)
			if heir := s.viewIn(path); err == nil && heir != nil && results[path] != nil {
				heir.inherit(path, results[path])
				continue
			}
			s.publish(path, nil)
		}
		s.unsay(v.failure)
		v.close(s.log)
	}
}
