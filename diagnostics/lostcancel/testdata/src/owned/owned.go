// Package owned has obligations in loops that leave early, and in structs
// that a constructor makes and captures.
package owned

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errBad = errors.New("bad")

type store interface {
	Put(ctx context.Context, name string) error
}

// The turn that fails loses its own.
func eachTurn(s store, names map[string]bool) error {
	for name := range names {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second) // want `cancel returned by context.WithTimeout isn't called on the path that leaves at line 23`
		if err := s.Put(ctx, name); err != nil {
			return err
		}
		cancel()
	}
	return nil
}

func inSwitch(ctx context.Context, s store) {
	for {
		tctx, cancel := context.WithTimeout(ctx, time.Second) // want `cancel returned by context.WithTimeout isn't called on the path that leaves at line 35`
		switch err := s.Put(tctx, "a"); {
		case errors.Is(err, errBad):
			return
		}
		cancel()
	}
}

// Only the turn that fails calls it.
func whereItFails(ctx context.Context, s store, names []string) {
	ctx, cancel := context.WithCancel(ctx) // want `cancel returned by context.WithCancel isn't called on the path that leaves at line 50`
	for _, name := range names {
		if s.Put(ctx, name) != nil {
			cancel()
			return
		}
	}
}

type poller struct {
	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
}

func (p *poller) poll()  { <-p.ctx.Done() }
func (p *poller) Close() { p.cancel() }

type option func() error

// The poller is captured only where it begins to work.
func open(options ...option) (*poller, error) {
	p := &poller{}
	p.ctx, p.cancel = context.WithCancel(context.Background()) // want `p.cancel returned by context.WithCancel isn't called on the path that leaves at line 69`
	for _, o := range options {
		if err := o(); err != nil {
			return nil, err
		}
	}
	p.group.Add(1)
	go func() {
		defer p.group.Done()
		p.poll()
	}()
	return p, nil
}

// Here it works before anything fails.
func begun(o option) (*poller, error) {
	p := &poller{}
	p.group.Add(1)
	ready := make(chan struct{})
	go func() {
		defer p.group.Done()
		<-ready
		p.poll()
	}()
	p.ctx, p.cancel = context.WithCancel(context.Background())
	close(ready)
	if err := o(); err != nil {
		return nil, err
	}
	return p, nil
}

// A deferred literal cleans up.
func tidy(o option) (p *poller, err error) {
	q := &poller{}
	defer func() {
		if err != nil {
			q.Close()
		}
	}()
	q.ctx, q.cancel = context.WithCancel(context.Background())
	if err := o(); err != nil {
		return nil, err
	}
	return q, nil
}

// Somebody has it already.
func known(register func(*poller), o option) error {
	p := &poller{}
	register(p)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if err := o(); err != nil {
		return err
	}
	go func() { p.poll() }()
	return nil
}

// It is closed on the way out.
func closes(o option) (*poller, error) {
	p := &poller{}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if err := o(); err != nil {
		p.Close()
		return nil, err
	}
	go func() { p.poll() }()
	return p, nil
}

// The field is called on the way out.
func calls(o option) (*poller, error) {
	p := &poller{}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if err := o(); err != nil {
		p.cancel()
		return nil, err
	}
	go func() { p.poll() }()
	return p, nil
}
