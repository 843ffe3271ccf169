package server

import (
	"context"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// phase is how far a session got.
type phase int

const (
	created phase = iota
	initialized
	shutDown
)

var (
	errNotInitialized = jsonrpc2.NewError(jsonrpc2.ServerNotInitialized, "ctxls was not initialized yet")
	errInitialized    = jsonrpc2.NewError(jsonrpc2.InvalidRequest, "ctxls was initialized before")
	errShutDown       = jsonrpc2.NewError(jsonrpc2.InvalidRequest, "ctxls was shut down")
)

// admit refuses what does not fit the phase.
func (s *session) admit(method string, call bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case method == protocol.MethodExit && !call:
		return nil
	case s.phase == created && method != protocol.MethodInitialize:
		return errNotInitialized
	case s.phase == shutDown:
		return errShutDown
	case s.phase == initialized && method == protocol.MethodInitialize:
		return errInitialized
	}
	return nil
}

// ended reports whether the client asked for the end before it came.
func (s *session) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase == shutDown
}

func (s *session) Initialize(_ context.Context, p *protocol.InitializeParams) (*protocol.InitializeResult, error) {
	info := readClient(p.Capabilities)
	s.mu.Lock()
	s.phase, s.info = initialized, info
	if folders, ok := p.WorkspaceFolders.Get(); ok {
		for _, f := range folders {
			s.addFolder(pathOf(f.URI))
		}
	} else if p.RootURI != nil {
		s.addFolder(pathOf(*p.RootURI))
	} else if path, ok := p.RootPath.Get(); ok {
		s.addFolder(path)
	}
	s.mu.Unlock()
	s.setSettings(settingsFrom(p.InitializationOptions))
	if p.ProcessID != nil {
		s.watchProcess(int(*p.ProcessID))
	}

	yes := true
	incremental := protocol.TextDocumentSyncKindIncremental
	result := &protocol.InitializeResult{
		ServerInfo: protocol.ServerInfo{Name: source, Version: protocol.NewOptional(s.opts.Version)},
		Capabilities: protocol.ServerCapabilities{
			PositionEncoding: info.encoding,
			TextDocumentSync: &protocol.TextDocumentSyncOptions{
				OpenClose: &yes, Change: &incremental, Save: &protocol.SaveOptions{},
			},
			CodeActionProvider:     codeActionProvider(info),
			ExecuteCommandProvider: protocol.ExecuteCommandOptions{Commands: commandNames()},
			Workspace: &protocol.WorkspaceOptions{WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
				Supported: &yes, ChangeNotifications: protocol.Boolean(true),
			}},
		},
	}
	announceStories(&result.Capabilities, info)
	if info.pulls {
		name := source
		result.Capabilities.DiagnosticProvider = &protocol.DiagnosticOptions{
			Identifier: &name, InterFileDependencies: true, WorkspaceDiagnostics: true,
		}
	}
	return result, nil
}

// codeActionProvider: only a client that knows kinds can be given them.
func codeActionProvider(info clientInfo) protocol.CodeActionProvider {
	if !info.actionKinds {
		return protocol.Boolean(true)
	}
	options := &protocol.CodeActionOptions{CodeActionKinds: []protocol.CodeActionKind{protocol.CodeActionKindQuickFix, kindFixAll}}
	if info.resolves {
		options.ResolveProvider = &info.resolves
	}
	return options
}

func (s *session) Initialized(context.Context, *protocol.InitializedParams) error {
	s.mu.Lock()
	info, again := s.info, s.started
	s.started = true
	s.mu.Unlock()
	if again {
		return nil
	}
	s.spawn("registration", func() { s.register(info) })
	s.spawn("configuration", func() {
		defer s.worker.submit(job{all: true})
		defer close(s.configured) // whatever becomes of the question: all else waits for it
		if info.configuration {
			s.pullSettings()
		}
	})
	return nil
}

func (s *session) Shutdown(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = shutDown
	return nil
}

// Exit ends the root context; Serve does the rest.
func (s *session) Exit(context.Context) error {
	s.quit()
	return nil
}

// watchProcess ends the session soon after the client's process has died. A
// process that cannot be seen from the start, as from within a container, is
// not watched.
func (s *session) watchProcess(pid int) {
	if pid <= 0 || !processAlive(pid) {
		return
	}
	s.spawn("process watch", func() {
		tick := time.NewTicker(s.opts.processPoll)
		defer tick.Stop()
		for {
			select {
			case <-s.root.Done():
				return
			case <-tick.C:
				if !processAlive(pid) {
					s.log.Info("the client's process has died", "pid", pid)
					s.quit()
					return
				}
			}
		}
	})
}
