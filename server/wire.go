package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// handled are the methods that this server answers or heeds. All others are
// refused before their parameters are looked at.
var handled = map[string]bool{
	protocol.MethodInitialize:                         true,
	protocol.MethodInitialized:                        true,
	protocol.MethodShutdown:                           true,
	protocol.MethodExit:                               true,
	protocol.MethodTextDocumentDidOpen:                true,
	protocol.MethodTextDocumentDidChange:              true,
	protocol.MethodTextDocumentDidSave:                true,
	protocol.MethodTextDocumentDidClose:               true,
	protocol.MethodTextDocumentCodeAction:             true,
	protocol.MethodCodeActionResolve:                  true,
	protocol.MethodTextDocumentHover:                  true,
	protocol.MethodTextDocumentDocumentHighlight:      true,
	protocol.MethodTextDocumentInlayHint:              true,
	protocol.MethodTextDocumentCodeLens:               true,
	protocol.MethodTextDocumentDiagnostic:             true,
	protocol.MethodWorkspaceDiagnostic:                true,
	protocol.MethodWorkspaceDidChangeConfiguration:    true,
	protocol.MethodWorkspaceDidChangeWorkspaceFolders: true,
	protocol.MethodWorkspaceDidChangeWatchedFiles:     true,
	protocol.MethodWorkspaceExecuteCommand:            true,
}

// handler is the whole chain, outermost first.
func (s *session) handler() jsonrpc2.Handler {
	return s.guard(protocol.CancelHandler(s.ordered(protocol.ServerHandler(s, nil))))
}

// guard keeps the connection alive: errors of notifications are logged, those
// of requests get a code, panics become errors.
func (s *session) guard(next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (result any, err error) {
		method, call := strings.Clone(req.Method()), req.IsCall()
		defer func() {
			if cause := recover(); cause != nil {
				s.log.Error("a handler failed", "method", method, "cause", cause, "stack", string(debug.Stack()))
				err = jsonrpc2.Errorf(jsonrpc2.InternalError, "ctxls failed on %s: %v", method, cause)
			}
			if err == nil {
				return
			}
			if call {
				result, err = nil, wireError(method, err)
				return
			}
			s.log.Warn("a notification was dropped", "method", method, "error", err)
			result, err = nil, nil
		}()
		return next(requestContext{jsonrpc2.DetachContext(ctx), ctx}, req)
	}
}

// requestContext is a request's context as the handlers get it: it ends with
// the connection's. The library's own ends with the request too, but is used
// again for another one as soon as an inline handler returns, while a context
// derived from it (CancelHandler does that) may still be looking at it from a
// goroutine, and panics there.
type requestContext struct {
	context.Context                 // of the connection
	request         context.Context // knows what jsonrpc2.Async needs
}

type requestKey struct{}

func (c requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return c.request
	}
	return c.request.Value(key)
}

// wireError gives every error a code of the protocol.
func wireError(method string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return protocol.ErrRequestCancelled
	}
	if errors.Is(err, jsonrpc2.ErrParse) { // of the parameters: frames were parsed before
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "bad parameters of %s: %v", method, err)
	}
	var wire *jsonrpc2.Error
	if errors.As(err, &wire) {
		return err
	}
	return fmt.Errorf("%w: %w", jsonrpc2.NewError(jsonrpc2.InternalError, method), err)
}

type documentsKey struct{}

// ordered lets requests run beside what comes after them. Notifications, and
// the requests that change the session's state, run in the order of the wire.
func (s *session) ordered(next jsonrpc2.Handler) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		method := req.Method()
		if err := s.admit(method, req.IsCall()); err != nil {
			return nil, err
		}
		switch {
		case !req.IsCall():
			if !handled[method] {
				return nil, nil // as the protocol wants it, for $/ and others
			}
			if method == protocol.MethodInitialized { // which may come without parameters
				return nil, s.Initialized(ctx, &protocol.InitializedParams{})
			}
		case !handled[method]:
			return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "ctxls has no method %q", method)
		case method != protocol.MethodInitialize && method != protocol.MethodShutdown:
			if member := missing(method, json.RawMessage(req.Params())); member != "" {
				return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "bad parameters of %s: %s is missing", method, member)
			}
			request, ok := ctx.Value(requestKey{}).(context.Context)
			if !ok {
				return nil, fmt.Errorf("the context of %q doesn't come from the wire", method)
			}
			ctx = context.WithValue(ctx, documentsKey{}, s.documents())
			s.calls.Add(1)
			jsonrpc2.Async(ctx)
			// The library's context ends when the answer was written.
			context.AfterFunc(request, s.calls.Done)
		}
		return next(ctx, req)
	}
}

// requested are the documents as they were when the request came in.
func (s *session) requested(ctx context.Context) documents {
	if docs, ok := ctx.Value(documentsKey{}).(documents); ok {
		return docs
	}
	return s.documents()
}
