package server

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/internal/workspace"
)

const (
	progressPause  = 200 * time.Millisecond // between two reports
	progressAnswer = 5 * time.Second        // for the client to make the token
)

// tracker shows how far a job got. A nil one shows nothing.
type tracker struct {
	stop chan struct{}

	mu      sync.Mutex
	message string
	percent uint32
}

// track starts to show a job that concerns whole views: the first load of a
// view at once, others when they take their time.
func (s *session) track(parts []*part, j job) *tracker {
	if !j.all || !s.client().progress || len(parts) == 0 {
		return nil
	}
	t := &tracker{stop: make(chan struct{}), message: "loading packages"}
	delay := 500 * time.Millisecond
	for _, p := range parts {
		p.view.mu.Lock()
		p.view.tracker = t
		if !p.view.loaded {
			delay = 0
		}
		p.view.loaded = true
		p.view.mu.Unlock()
	}
	s.tokens++
	token := protocol.String(fmt.Sprintf("ctxls/%d", s.tokens))
	s.spawn("progress", func() { s.show(t, token, delay) })
	return t
}

// end takes the progress away. It does not wait for the client.
func (t *tracker) end() {
	if t != nil {
		close(t.stop)
	}
}

// progress is told by the driver how far it is.
func (v *view) progress(p workspace.Progress) {
	v.mu.Lock()
	t := v.tracker
	v.mu.Unlock()
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.message = p.Phase + " " + filepath.Base(v.dir)
	t.percent = 0
	if p.Total > 0 {
		t.message += fmt.Sprintf(": %d of %d packages", p.Done, p.Total)
		t.percent = uint32(100 * min(p.Done, p.Total) / p.Total)
	}
}

func (t *tracker) state() (message string, percent uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.message, t.percent
}

// show talks to the client until the tracker ends.
func (s *session) show(t *tracker, token protocol.ProgressToken, delay time.Duration) {
	select {
	case <-t.stop:
		return
	case <-s.root.Done():
		return
	case <-time.After(delay):
	}
	ctx, cancel := context.WithTimeout(s.root, progressAnswer)
	err := s.editor.WorkDoneProgressCreate(ctx, &protocol.WorkDoneProgressCreateParams{Token: token})
	cancel()
	if err != nil {
		s.log.WarnContext(s.root, "the client made no progress token", "error", err)
		return
	}
	message, percent := t.state()
	s.sendProgress(token, &protocol.WorkDoneProgressBegin{Kind: "begin", Title: source, Message: &message, Percentage: &percent})
	tick := time.NewTicker(progressPause)
	defer tick.Stop()
	for {
		select {
		case <-t.stop:
			s.sendProgress(token, &protocol.WorkDoneProgressEnd{Kind: "end"})
			return
		case <-s.root.Done():
			return
		case <-tick.C:
			m, p := t.state()
			if m == message {
				continue
			}
			// The bar must not go back when analysing follows loading.
			message, percent = m, max(p, percent)
			s.sendProgress(token, &protocol.WorkDoneProgressReport{Kind: "report", Message: &message, Percentage: &percent})
		}
	}
}

func (s *session) sendProgress(token protocol.ProgressToken, value any) {
	data, err := protocol.Marshal(value)
	if err == nil {
		err = s.editor.Progress(s.root, &protocol.ProgressParams{Token: token, Value: data})
	}
	if err != nil && s.root.Err() == nil {
		s.log.WarnContext(s.root, "progress could not be shown", "error", err)
	}
}
