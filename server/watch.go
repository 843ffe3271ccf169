package server

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/internal/config"
)

// watched are the files whose change on disk concerns us.
var watched = []protocol.Pattern{"**/*.go", "**/go.mod", "**/go.work", "**/go.sum", "**/" + config.FileName}

// register asks the client to tell of changes, as far as it can be asked.
func (s *session) register(info clientInfo) {
	var registrations []protocol.Registration
	add := func(method string, options any) {
		data, err := protocol.Marshal(options)
		if err != nil {
			s.log.ErrorContext(s.root, "encoding a registration", "method", method, "error", err)
			return
		}
		registrations = append(registrations, protocol.Registration{ID: method, Method: method, RegisterOptions: data})
	}
	if info.watchedFiles {
		options := &protocol.DidChangeWatchedFilesRegistrationOptions{}
		for _, p := range watched {
			options.Watchers = append(options.Watchers, protocol.FileSystemWatcher{GlobPattern: p})
		}
		add(protocol.MethodWorkspaceDidChangeWatchedFiles, options)
	}
	if info.watchedSettings {
		add(protocol.MethodWorkspaceDidChangeConfiguration, &protocol.DidChangeConfigurationRegistrationOptions{Section: protocol.String(source)})
	}
	if len(registrations) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(s.root, 30*time.Second)
	defer cancel()
	if err := s.editor.RegisterCapability(ctx, &protocol.RegistrationParams{Registrations: registrations}); err != nil {
		s.log.WarnContext(ctx, "the client does not watch files", "error", err)
	}
}

// watching returns what reports whether the client tells of changes of a file:
// of those in the workspace folders, if it can.
func (s *session) watching() func(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.info.watchedFiles {
		return func(string) bool { return false }
	}
	folders := slices.Clone(s.folders)
	return func(path string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool { return below(path, folder) })
	}
}

func (s *session) DidChangeWatchedFiles(_ context.Context, p *protocol.DidChangeWatchedFilesParams) error {
	var paths []string
	for _, change := range p.Changes {
		if path := pathOf(change.URI); path != "" {
			paths = append(paths, path)
		}
	}
	if len(paths) > 0 {
		s.filesChanged(paths...)
		s.worker.submit(job{all: true})
	}
	return nil
}

// filesChanged tells the views of files that were written, made or removed.
func (s *session) filesChanged(paths ...string) {
	for _, v := range s.allViews() {
		v.withDriver(func(d driver) { d.FilesChanged(paths...) })
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if name == config.FileName || name == "go.mod" || name == "go.work" || isFolder(path) { // what came with a folder isn't told
			s.mu.Lock()
			s.unread = true // there may be a new module, or other settings
			s.mu.Unlock()
		}
	}
}
