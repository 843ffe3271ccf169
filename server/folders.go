package server

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

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

// allPackages is the pattern of a whole module, or of the part of it in a folder.
const allPackages = "./..."

// need is what a view is there for.
type need struct {
	folder   string   // the workspace folder that it is in, "" for none
	patterns []string // of its packages
	untold   bool     // it is a module of the workspace that was not found there
}

// modulesOf finds the modules of the workspace again when something may have
// changed about them. It returns the innermost folder of each, and whether it
// has looked. Only the worker calls it.
func (s *session) modulesOf(ctx context.Context) (modules map[string]string, again bool, err error) {
	s.mu.Lock()
	folders, unread := slices.Clone(s.folders), s.unread
	s.unread = false
	s.mu.Unlock()
	for dir := range s.modules {
		unread = unread || !isFolder(dir) // not every client tells what was in it
	}
	if !unread {
		return s.modules, false, nil
	}
	modules = make(map[string]string)
	for _, folder := range folders {
		nested, err := nestedModules(ctx, folder)
		if err != nil {
			s.mu.Lock()
			s.unread = true
			s.mu.Unlock()
			return nil, false, err
		}
		if isFolder(folder) && moduleRoot(folder) != "" {
			modules[folder] = folder
		}
		for _, dir := range nested {
			if !leftOut(dir) {
				modules[dir] = innermost(folders, dir)
			}
		}
	}
	s.modules = modules
	return modules, true, nil
}

// needed are the views that there have to be, by their folders: those of the
// workspace, and those of open files outside of it. Nothing else has a say in
// it, least of all what was before.
func needed(modules map[string]string, folders []string, docs documents) map[string]need {
	needs := make(map[string]need)
	for dir, folder := range modules {
		needs[dir] = need{folder: folder, patterns: []string{allPackages}}
	}
	known := slices.Collect(maps.Keys(modules))
	for path := range docs {
		if filepath.Ext(path) != ".go" || below(innermost(known, path), moduleRoot(filepath.Dir(path))) {
			continue
		}
		h := homeOf(folders, path)
		if h.dir == "" || slices.Contains(needs[h.dir].patterns, h.pattern) {
			continue
		}
		needs[h.dir] = need{h.folder, append(needs[h.dir].patterns, h.pattern), h.member}
	}
	return needs
}

// home is where a file belongs: to a module of the workspace, which is there
// for good, or to another one, of which there is only what has open files.
type home struct {
	dir, folder string // of the view; "" for a file that is in none
	pattern     string
	member      bool
}

// homeOf finds the home of a file. Files outside of every module, and those
// of other people's modules, have none.
func homeOf(folders []string, path string) home {
	module, folder := moduleRoot(filepath.Dir(path)), innermost(folders, path)
	switch {
	case module == "":
		return home{}
	case below(folder, module):
		return home{folder, folder, allPackages, true}
	case folder != "" && !hidden(module, folder) && !leftOut(module):
		return home{module, folder, allPackages, true}
	case foreign(module):
		return home{}
	case len(folders) == 0: // then the modules of open files are the workspace
		return home{module, "", allPackages, false}
	}
	rel, err := filepath.Rel(module, filepath.Dir(path))
	if err != nil {
		return home{}
	}
	return home{module, folder, "./" + filepath.ToSlash(rel), false}
}

// innermost is the longest of the folders that the path is in, "" for none.
func innermost(folders []string, path string) string {
	best := ""
	for _, f := range folders {
		if len(f) > len(best) && below(path, f) {
			best = f
		}
	}
	return best
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
