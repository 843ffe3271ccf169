package server

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"go.lsp.dev/protocol"
)

func (s *session) DidChangeWorkspaceFolders(_ context.Context, p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.mu.Lock()
	for _, f := range p.Event.Removed {
		s.folders = slices.DeleteFunc(s.folders, func(dir string) bool { return dir == filepath.Clean(pathOf(f.URI)) })
	}
	for _, f := range p.Event.Added {
		s.addFolder(pathOf(f.URI))
	}
	s.unread = true
	s.mu.Unlock()
	s.worker.submit(job{all: true})
	return nil
}

// addFolder adds a workspace folder. The session is locked.
func (s *session) addFolder(dir string) {
	if dir == "" {
		return // not on this machine
	}
	dir = filepath.Clean(dir)
	if !slices.Contains(s.folders, dir) {
		s.folders = append(s.folders, dir)
	}
	s.unread = true
}

// syncViews makes views for what is new in the folders, closes those of what
// is gone, and gives all of them the settings. Only the worker calls it.
func (s *session) syncViews(ctx context.Context) error {
	s.mu.Lock()
	folders, unread := slices.Clone(s.folders), s.unread
	s.unread = false
	s.mu.Unlock()
	if !unread {
		return nil
	}
	wanted := make(map[string]string) // folder by dir
	for _, folder := range folders {
		if moduleRoot(folder) != "" {
			wanted[folder] = folder
		}
		nested, err := nestedModules(ctx, folder)
		if err != nil {
			s.mu.Lock()
			s.unread = true
			s.mu.Unlock()
			return err
		}
		for _, dir := range nested {
			if !leftOut(dir) {
				wanted[dir] = folder
			}
		}
	}
	s.closeViews(func(v *view) bool { return v.folder != "" && wanted[v.dir] != v.folder })
	for _, v := range s.allViews() {
		next := s.setupOf(v.dir, v.folder)
		s.mu.Lock()
		s.configure(v, next)
		s.mu.Unlock()
	}
	for _, dir := range slices.Sorted(maps.Keys(wanted)) {
		s.addView(dir, wanted[dir], "./...")
	}
	return nil
}

func (s *session) allViews() []*view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.views)
}

// viewOf returns the view that the file is in, the innermost one, and makes
// one for a module that is in no folder. It returns nil for a file outside of
// every module and for those of other people's modules.
func (s *session) viewOf(path string) *view {
	module := moduleRoot(filepath.Dir(path))
	var best *view
	for _, v := range s.allViews() {
		if below(path, v.dir) && below(v.dir, module) && (best == nil || len(v.dir) > len(best.dir)) {
			best = v
		}
	}
	if best != nil || module == "" {
		return best
	}
	s.mu.Lock()
	dir, folder, alone := module, "", len(s.folders) == 0
	for _, f := range s.folders {
		if below(path, f) { // its views are not made yet, or its module is new
			folder = f
			if below(f, module) {
				dir = f
			}
		}
	}
	s.mu.Unlock()
	switch {
	case folder != "" || alone && !foreign(module):
		return s.addView(dir, folder, "./...")
	case foreign(module):
		return nil
	}
	rel, err := filepath.Rel(module, filepath.Dir(path))
	if err != nil {
		return nil
	}
	return s.addView(module, "", "./"+filepath.ToSlash(rel))
}

// addView makes the view of a folder, or widens the one that there is.
func (s *session) addView(dir, folder, pattern string) *view {
	first := s.setupOf(dir, folder)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.views {
		if v.dir == dir {
			v.widen(pattern)
			return v
		}
	}
	v := &view{
		dir: dir, folder: folder, patterns: []string{pattern},
		files: make(map[string]*fileResult), packages: make(map[string][]string), notes: make(map[string]bool),
		poller: poller{since: time.Now().Add(-clockGrain)},
	}
	s.configure(v, first)
	s.views = append(s.views, v)
	return v
}

// closeIdleViews closes the views that were made for files outside of the
// folders, none of which is open any more.
func (s *session) closeIdleViews() {
	s.mu.Lock()
	docs, inFolders := s.docs, len(s.folders) > 0
	s.mu.Unlock()
	if !inFolders {
		return // the modules of open files are the workspace
	}
	s.closeViews(func(v *view) bool {
		if v.folder != "" {
			return false
		}
		for path := range docs {
			if below(path, v.dir) {
				return false
			}
		}
		return true
	})
}

// closeViews closes the views that match and clears what was shown of them.
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
		for _, path := range v.clear() {
			s.publish(path, nil)
		}
		s.unsay(v.failure)
		v.close(s.log)
	}
}
