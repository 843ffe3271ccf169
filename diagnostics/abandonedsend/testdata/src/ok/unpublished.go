package ok

type request struct {
	asked chan struct{}
	count int
}

func (r *request) reset() { r.count = 0 }

// The first request is made before anybody else has r: there is room for it.
func newRequest() *request {
	r := &request{asked: make(chan struct{}, 1)}
	r.reset()
	r.asked <- struct{}{}
	return r
}

func serve(stop chan struct{}) {
	for range 3 {
		go func() {
			r := newRequest()
			go r.loop(stop)
		}()
	}
}

func (r *request) loop(stop chan struct{}) {
	for {
		select {
		case <-r.asked:
		case <-stop:
			return
		}
	}
}
