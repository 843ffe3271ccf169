package cross

import (
	"context"

	"cross/lib"
)

func use(context.Context) error { return nil }

func thrownAway(p context.Context) {
	c, _ := lib.Scope(p) // want `the cancel function returned by lib.Scope is thrown away`
	use(c)
}

func dropped(p context.Context) {
	c, stop := lib.Scope(p) // want `isn't called`
	lib.Drop(stop)
	use(c)
}

func forgotten(p context.Context) {
	c, stop := lib.Scope(p) // want `isn't called`
	use(c)
	lib.Forget(stop, 1)
}

func kept(p context.Context) {
	c, stop := lib.Scope(p)
	lib.Keep(stop)
	use(c)
}

func run(p context.Context) int {
	_, stop := lib.Scope(p)
	return lib.Run(stop, 1)
}

func dies(p context.Context) {
	c, stop := lib.Scope(p)
	if use(c) != nil {
		lib.Die(2)
	}
	stop()
}

func lent(p *lib.Pool) bool {
	stop := p.Stopper()
	return stop != nil
}

func detached() {
	c, _ := lib.Detached()
	use(c)
}
