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
	attempts    = 5
	firstPause  = time.Second
	longestLife = 3 * time.Minute // one that lived as long starts the count anew
)

// keepGopls runs gopls until the visit ends.
func (f *front) keepGopls(ctx context.Context) {
	pause := firstPause
	for failures := 0; ; {
		start := time.Now()
		err := f.runGopls(ctx)
		f.mu.Lock()
		leaving := f.leaving
		f.mu.Unlock()
		if ctx.Err() != nil || leaving {
			return
		}
		if time.Since(start) > longestLife {
			failures, pause = 0, firstPause
		}
		failures++
		last := failures == attempts || missing(err)
		f.lostGopls(err, last)
		if last {
			return
		}
		select {
		case <-ctx.Done():
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
	f.generation++
	generation := f.generation
	f.gopls, f.ready = box, false
	if f.hello != nil {
		f.greetAgain()
	}
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
	f.read(ctx, stream, func(frame []byte) { f.fromGopls(generation, frame) })
	f.mu.Lock()
	f.gopls, f.ready = nil, false
	f.mu.Unlock()
	cancel()
	<-delivered
	if err := p.Wait(); err != nil {
		return err
	}
	return errors.New("it has ended by itself")
}

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
	f.givenUp = last
	for _, ex := range f.exchanges {
		if ex.theirs == nil && !ex.gone && (ex.method != protocol.MethodInitialize || last) {
			f.answered(ex, nil, false)
		}
	}
	const warning, problem = 2, 1
	switch {
	case !last:
		f.show(warning, fmt.Sprintf("gopls has ended (%v); ctxls starts it again", err))
	case missing(err):
		f.forgetGopls()
		f.show(problem, fmt.Sprintf("ctxls goes on without gopls: %v", err))
	default:
		f.forgetGopls()
		f.show(problem, fmt.Sprintf("gopls has ended %d times (%v); ctxls goes on without it until it is started anew", attempts, err))
	}
}

// greetAgain initialises a gopls that was started after the client had sent
// its request.
func (f *front) greetAgain() {
	frame, err := (&message{ID: named(ourName, f.helloID), Method: protocol.MethodInitialize, Params: f.hello}).encode()
	if err == nil {
		err = f.gopls.put(frame)
	}
	if err != nil {
		f.log.Error("gopls could not be greeted", "error", err)
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

// toGopls passes on a frame; false if nobody takes it.
func (f *front) toGopls(frame []byte) bool {
	if f.gopls == nil || f.generation > 1 && !f.ready {
		return false // or it will be told of everything, see retold
	}
	if err := f.gopls.put(frame); err != nil {
		f.log.Error("a message to gopls was dropped", "error", err)
		return false
	}
	return true
}

// fromGopls passes on what gopls says. The frame is the front's.
func (f *front) fromGopls(generation int, frame []byte) {
	messages, err := parse(frame)
	if err != nil {
		f.log.Warn("an unreadable message of gopls", "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if generation != f.generation {
		return
	}
	for _, m := range messages {
		if len(messages) > 1 {
			if frame, err = m.encode(); err != nil {
				continue
			}
		}
		switch {
		case m.isResponse():
			f.goplsAnswers(m, frame)
		case m.Method == protocol.MethodTextDocumentPublishDiagnostics:
			f.publish(m, false)
		case m.isRequest() && f.goplsOwner() != "":
			m.ID = named(f.goplsOwner(), m.ID)
			f.tell(m)
		case m.Method == "$/cancelRequest" && f.goplsOwner() != "":
			f.tell(cancels(f.goplsOwner(), m))
		default:
			f.toClient(frame)
		}
	}
}

func (f *front) goplsAnswers(m *message, frame []byte) {
	if owner, id := unnamed(m.ID); owner == ourName {
		m.ID = id // to greetAgain
		f.ready = true
		f.greeted(m)
		return
	}
	id := string(m.ID)
	if ex := f.exchanges[id]; ex != nil {
		f.ready = f.ready || ex.method == protocol.MethodInitialize
		f.answered(ex, m, false)
		return
	}
	if f.late[id] {
		delete(f.late, id)
		return
	}
	delete(f.asked, id)
	f.toClient(frame)
}

// greeted goes on after the answer of a gopls that was started again: the
// client may still wait for it, else it isn't told.
func (f *front) greeted(m *message) {
	if ex := f.exchanges[string(m.ID)]; ex != nil {
		f.answered(ex, m, false)
		return
	}
	if len(m.Error) > 0 {
		f.log.Error("gopls refuses to start again", "error", string(m.Error))
		return
	}
	for _, told := range f.retold() {
		frame, err := told.encode()
		if err == nil {
			err = f.gopls.put(frame)
		}
		if err != nil {
			f.log.Error("gopls isn't told of something", "method", told.Method, "error", err)
		}
	}
}
