package bad

type exchange struct {
	asked chan struct{}
	count int
}

func (x *exchange) reset() { x.count = 0 }

// There is room for one, and two are sent.
func newFull() *exchange {
	x := &exchange{asked: make(chan struct{}, 1)}
	x.reset()
	x.asked <- struct{}{}
	x.asked <- struct{}{}
	return x
}

func full(stop chan struct{}) {
	for range 3 {
		go func() {
			x := newFull() // want `newFull, which wants to send to x.asked`
			go x.loop(stop)
		}()
	}
}

func (x *exchange) loop(stop chan struct{}) {
	for {
		select {
		case <-x.asked:
		case <-stop:
			return
		}
	}
}
