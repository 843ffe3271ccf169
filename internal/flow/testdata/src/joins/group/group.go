// Package group has launchers and pools for other packages.
package group

import "sync"

func Launch(f func()) { go f() }

type Pool struct{ wg sync.WaitGroup }

func (p *Pool) Go(f func()) {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		f()
	}()
}

func (p *Pool) Wait() { p.wg.Wait() }

func Drain[T any](ch <-chan T) {
	for range ch {
	}
}
