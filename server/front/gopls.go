package front

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/server"
)

// A gopls that dies is started again, later each time; one that dies this
// often in a row stays away.
const (
	attempts   = 5
	firstPause = time.Second
	settled    = 3 * time.Minute // one that lived as long starts the count anew
)

// keepGopls runs gopls from the client's greeting until the visit ends.
func (f *front) keepGopls(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-f.leaving:
		return
	case <-f.greeted:
	}
	pause := firstPause
	for failures := 0; ; {
		start := time.Now()
		err := f.runGopls(ctx)
		if ctx.Err() != nil || f.isLeaving() {
			return
		}
		if time.Since(start) > settled {
			failures, pause = 0, firstPause
		}
		failures++
		last := failures == attempts || missing(err) || errors.Is(err, errRefused)
		f.lostGopls(err, last)
		if last {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-f.leaving:
			return
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// runGopls starts gopls and passes on what it says until it has ended.
func (f *front) runGopls(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p, err := f.opts.Start(ctx)
	if err != nil {
		return err
	}
	stream := server.NewStream(readWriter{p.Out, p.In}, func() {})
	box := newOutbox()
	f.mu.Lock()
	if f.isLeaving() {
		box.close() // it ends with its input
	}
	f.generation++
	generation := f.generation
	f.gopls, f.ready = box, false
	f.stopGopls = cancel
	f.greetGopls()
	f.mu.Unlock()

	delivered := make(chan struct{})
	go func() {
		defer close(delivered)
		err := box.deliver(ctx, func(ctx context.Context, frame []byte) error {
			_, err := stream.WriteFrame(ctx, frame)
			return err
		})
		if err != nil && ctx.Err() == nil {
			f.log.WarnContext(ctx, "gopls takes nothing any more", "error", err)
			cancel()
		}
		p.In.Close() // for one that waits for its end
	}()
	f.read(ctx, stream, func(m *message, frame []byte) {
		if generation == f.generation {
			f.fromGopls(m, frame)
		}
	})
	f.mu.Lock()
	f.gopls, f.ready = nil, false
	refusal := f.refusal
	f.mu.Unlock()
	cancel()
	<-delivered
	switch err := p.Wait(); {
	case refusal != "":
		return fmt.Errorf("%w: %s", errRefused, refusal)
	case err != nil:
		return err
	}
	return errors.New("it has ended by itself")
}

// errRefused is why a gopls is not started again: the next one would be greeted
// in the same way.
var errRefused = errors.New("gopls refuses to serve")

// lostGopls answers for a gopls that is gone, and says so.
func (f *front) lostGopls(err error, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, who := range f.asked {
		if who == goplsName {
			delete(f.asked, id)
			f.tell(failure(json.RawMessage(id), codeGoplsGone, textGoplsGone))
		}
	}
	clear(f.late)
	f.forgetGopls()
	f.endProgress()
	for _, ex := range f.exchanges {
		if ex.theirs == nil && !ex.gone && (ex.method != protocol.MethodInitialize || last) {
			f.answered(ex, nil, false)
		}
	}
	const warning, problem = 2, 1
	switch {
	case !last:
		f.show(warning, fmt.Sprintf("gopls has ended (%v); ctxls starts it again", err))
	case missing(err), errors.Is(err, errRefused):
		f.show(problem, fmt.Sprintf("ctxls goes on without gopls: %v", err))
	default:
		f.show(problem, fmt.Sprintf("gopls has ended %d times (%v); ctxls goes on without it until it is started anew", attempts, err))
	}
}

// greetGopls sends the client's greeting under an ID of our own, since later
// ones are sent it as well.
func (f *front) greetGopls() {
	f.putGopls(&message{ID: named(ourName, f.helloID), Method: protocol.MethodInitialize, Params: f.hello})
}

// putGopls sends a message of our own.
func (f *front) putGopls(m *message) {
	frame, err := m.encode()
	if err == nil {
		err = f.gopls.put(frame)
	}
	if err != nil {
		f.log.Error("gopls isn't told of something", "method", m.Method, "error", err)
		f.stopGopls()
	}
}

// goplsOwner is the name in the IDs of requests of the gopls that runs. The
// first one's are passed on as they are.
func (f *front) goplsOwner() string {
	if f.generation <= 1 {
		return ""
	}
	return fmt.Sprintf("%s%d", goplsName, f.generation)
}

// toGopls passes on a frame; false if nobody takes it. A gopls that is started
// later is told of everything, see retold; so is one that comes after a gopls
// which took nothing.
func (f *front) toGopls(frame []byte) bool {
	if f.gopls == nil || !f.ready {
		return false
	}
	if err := f.gopls.put(frame); err != nil {
		f.log.Error("gopls is stopped", "error", err)
		f.stopGopls()
		return false
	}
	return true
}

// fromGopls passes on what gopls says.
func (f *front) fromGopls(m *message, frame []byte) {
	switch {
	case m.isResponse():
		f.goplsAnswers(m, frame)
	case m.Method == protocol.MethodTextDocumentPublishDiagnostics:
		f.publish(m, false)
	case m.isRequest() && f.goplsOwner() != "":
		m.ID = f.aliases.of(f.goplsOwner(), m.ID)
		f.tell(m)
	case m.Method == "$/cancelRequest" && f.goplsOwner() != "":
		f.tell(f.aliases.cancels(f.goplsOwner(), m))
	default:
		f.followProgress(m)
		f.toClient(frame)
	}
}

func (f *front) goplsAnswers(m *message, frame []byte) {
	id := string(m.ID)
	ex := f.exchanges[id]
	switch {
	case id == string(named(ourName, f.helloID)):
		m.ID = f.helloID
		f.goplsGreets(m)
	case ex != nil:
		f.answered(ex, m, false)
	case f.late[id]:
		delete(f.late, id)
	default:
		delete(f.asked, id)
		f.toClient(frame)
	}
}

// goplsGreets goes on after the answer to the greeting: the client may still
// wait for it; else a gopls that was started again is told what has happened.
func (f *front) goplsGreets(m *message) {
	f.ready = len(m.Error) == 0
	if !f.ready {
		var e struct{ Message string }
		if json.Unmarshal(m.Error, &e) != nil || e.Message == "" {
			e.Message = string(m.Error)
		}
		f.refusal = e.Message
		f.stopGopls() // lostGopls says so, and answers the client if that still waits
		return
	}
	if ex := f.exchanges[string(m.ID)]; ex != nil {
		f.answered(ex, m, false)
		return
	}
	for _, told := range f.retold() {
		f.putGopls(told)
	}
}
