package front

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"go.lsp.dev/protocol"
)

// exchange is a request that both are asked, until the client has its answer.
type exchange struct {
	id           json.RawMessage
	method       string
	theirs, ours *message
	gone         bool          // gopls can't answer
	oursLate     time.Duration // how long gopls's answer waits for ours; 0: as long as it takes
	theirsLate   time.Duration // how long ours waits for gopls's; 0: as long as it takes
	timer        *time.Timer
}

// How long one answer waits for the other. A menu, or a save, is worth a
// second; what an editor asks at every move of the cursor isn't.
const (
	waitForFixes = time.Second
	waitForShown = 100 * time.Millisecond
	waitForGopls = 2 * time.Second
	waitForEnd   = time.Second // Eglot has given up after one and a half
)

func newExchange(m *message) *exchange {
	ex := &exchange{id: m.ID, method: m.Method}
	switch m.Method {
	case protocol.MethodInitialize:
	case protocol.MethodShutdown:
		ex.oursLate, ex.theirsLate = waitForEnd, waitForEnd
	case protocol.MethodTextDocumentCodeAction:
		ex.oursLate = waitForFixes
		if !wantsOnlyGopls(m.Params) {
			ex.theirsLate = waitForGopls
		}
	default:
		ex.oursLate, ex.theirsLate = waitForShown, waitForGopls
	}
	return ex
}

// wantsOnlyGopls reports whether a request for code actions is about what only
// gopls can do, such as to sort the imports on save: our answer must not stand
// for both then.
func wantsOnlyGopls(params json.RawMessage) bool {
	var p struct{ Context struct{ Only []string } }
	if json.Unmarshal(params, &p) != nil {
		return false
	}
	return len(p.Context.Only) == 0 || slices.ContainsFunc(p.Context.Only, func(kind string) bool {
		return kind != "quickfix" && !strings.HasPrefix(kind, "source.fixAll")
	})
}

// wantsOnlyOurs reports whether a request for code actions, such as that for our
// fixes on save, is about what only we can do.
func wantsOnlyOurs(params json.RawMessage) bool {
	var p struct{ Context struct{ Only []string } }
	const kind = "source.fixAll.ctxls"
	return json.Unmarshal(params, &p) == nil && len(p.Context.Only) > 0 &&
		!slices.ContainsFunc(p.Context.Only, func(asked string) bool { return asked != kind && !strings.HasPrefix(asked, kind+".") })
}

// ask sends a request to both.
func (f *front) ask(m *message, frame []byte) {
	ex := newExchange(m)
	f.exchanges[string(m.ID)] = ex
	ex.gone = !f.toGopls(frame)
	f.toOurs(frame)
}

// answered takes an answer of one side in, nil if gopls can't give one.
func (f *front) answered(ex *exchange, m *message, ours bool) {
	switch {
	case ours:
		ex.ours = m
	case m != nil:
		ex.theirs = m
	default:
		ex.gone = true
	}
	var wait time.Duration
	switch {
	case ex.ours != nil && (ex.theirs != nil || ex.gone):
		f.finish(ex)
		return
	case ex.gone:
		return
	case ours:
		wait = ex.theirsLate
		if empty(m.Result) && ex.method != protocol.MethodShutdown {
			return // gopls alone can say something
		}
	default:
		wait = ex.oursLate
	}
	if wait > 0 {
		ex.timer = time.AfterFunc(wait, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.exchanges[string(ex.id)] == ex {
				f.finish(ex)
			}
		})
	}
}

// finish gives the client what there is.
func (f *front) finish(ex *exchange) {
	delete(f.exchanges, string(ex.id))
	if ex.timer != nil {
		ex.timer.Stop()
	}
	if ex.theirs == nil && !ex.gone {
		f.late[string(ex.id)] = true
	}
	m := join(ex.method, ex.theirs, ex.ours)
	m.ID = ex.id
	f.tell(m)
}
