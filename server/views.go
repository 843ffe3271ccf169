package server

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"
)

// syncViews makes the views that are needed now, and closes all others. Only
// the worker calls it.
func (s *session) syncViews(ctx context.Context) error {
	modules, again, err := s.modulesOf(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	folders, docs := slices.Clone(s.folders), s.docs
	s.mu.Unlock()
	needs := needed(modules, folders, docs)
	for _, dir := range slices.Sorted(maps.Keys(needs)) {
		s.fit(dir, needs[dir], again)
	}
	s.closeViews(func(v *view) bool {
		_, ok := needs[v.dir]
		for path := range s.docs {
			ok = ok || docs[path] == nil && below(path, v.dir) // opened since, and has a job of its own
		}
		return !ok
	})
	return nil
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
	n := need{h.folder, []string{h.pattern}}
	if v := s.viewAt(h.dir); v != nil {
		n.patterns = append(n.patterns, v.needed().patterns...)
	}
	return s.fit(h.dir, n, false)
}

func (s *session) viewAt(dir string) *view {
	for _, v := range s.allViews() {
		if v.dir == dir {
			return v
		}
	}
	return nil
}

// fit makes the view of a folder, or has the one that there is be what is
// needed now; again says that its settings may have changed.
func (s *session) fit(dir string, n need, again bool) *view {
	if v := s.viewAt(dir); v != nil && !again && v.needed().folder == n.folder {
		v.setPatterns(n.patterns)
		return v
	}
	next := s.setupOf(dir, n.folder)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.views, func(v *view) bool { return v.dir == dir })
	if i < 0 {
		i = len(s.views)
		s.views = append(s.views, &view{
			dir: dir, files: make(map[string]*fileResult), packages: make(map[string][]string), notes: make(map[string]bool),
			poller: poller{since: time.Now().Add(-clockGrain)},
		})
	}
	v := s.views[i]
	v.setPatterns(n.patterns)
	s.configure(v, n.folder, next)
	return v
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
			if heir := s.viewIn(path); heir != nil && results[path] != nil {
				heir.inherit(path, results[path])
				continue
			}
			s.publish(path, nil)
		}
		s.unsay(v.failure)
		v.close(s.log)
	}
}
