package ok

import (
	"context"
	"net"
	"os"
	"os/signal"
	"sync"
	"time"
)

func work(ctx context.Context) error { return ctx.Err() }

func afterFunc(parent, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	stop := context.AfterFunc(parent, cancel)
	defer stop()
	return work(ctx)
}

// The stop function gives the signals back: the second one ends the program.
func signals() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	go func() {
		<-ctx.Done()
		stop()
	}()
	return work(ctx)
}

func closes(ctx context.Context, conn net.Conn) {
	go func() {
		<-ctx.Done()
		conn.Close()
	}()
}

func cleansUp(parent, base context.Context, conn net.Conn) error {
	ctx, cancel := context.WithCancel(base)
	go func() {
		<-parent.Done()
		conn.Close()
		cancel()
	}()
	return work(ctx)
}

func stopChannel(base context.Context, stop <-chan struct{}) error {
	ctx, cancel := context.WithCancel(base)
	defer cancel()
	go func() {
		<-stop
		cancel()
	}()
	return work(ctx)
}

func eitherChannel(parent, base context.Context, stop <-chan struct{}) error {
	ctx, cancel := context.WithCancel(base)
	go func() {
		select {
		case <-parent.Done():
			cancel()
		case <-stop:
		}
	}()
	return work(ctx)
}

func timer(base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	go func() {
		<-time.After(time.Second)
		cancel()
	}()
	return work(ctx)
}

func grace(parent context.Context) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	defer cancel()
	go func() {
		<-parent.Done()
		time.Sleep(time.Second)
		cancel()
	}()
	return work(ctx)
}

func counted(parent, base context.Context) error {
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(base)
	wg.Add(1)
	go func() {
		defer wg.Done()
		<-parent.Done()
		cancel()
	}()
	defer wg.Wait()
	return work(ctx)
}

func works(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		defer cancel()
		work(ctx)
	}()
	<-ctx.Done()
	return ctx.Err()
}

func tells(parent, base context.Context, done chan<- bool) error {
	ctx, cancel := context.WithCancel(base)
	go func() {
		<-parent.Done()
		cancel()
		done <- true
	}()
	return work(ctx)
}

func conditional(parent, base context.Context, keep bool) error {
	ctx, cancel := context.WithCancel(base)
	go func() {
		<-parent.Done()
		if !keep {
			cancel()
		}
	}()
	return work(ctx)
}

func loops(parents <-chan context.Context, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	go func() {
		for p := range parents {
			<-p.Done()
		}
		cancel()
	}()
	return work(ctx)
}

func waitsOnly(ctx context.Context) {
	go func() {
		<-ctx.Done()
	}()
}

func sameGoroutine(parent, base context.Context) error {
	ctx, cancel := context.WithCancel(base)
	<-parent.Done()
	cancel()
	return work(ctx)
}

func callback(ctx context.Context, f func()) {
	go func() {
		<-ctx.Done()
		f()
	}()
}

// The goroutine ends with the call.
func bounded(ctx context.Context, kill context.CancelFunc, wait func()) {
	wrapped, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-wrapped.Done()
		kill()
	}()
	wait()
}
