// Package pool launches and waits for others.
package pool

import "sync"

func Launch(f func()) { go f() }

type Group struct{ wg sync.WaitGroup }

func (g *Group) Start(f func()) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f()
	}()
}

func (g *Group) StartAll(f func(), n int) {
	for range n {
		g.Start(f)
	}
}

type Gate struct{ open chan struct{} }

func NewGate() *Gate { return &Gate{make(chan struct{})} }

// Pass waits for nobody.
func (g *Gate) Pass() { <-g.open }
