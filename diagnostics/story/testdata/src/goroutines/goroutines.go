package goroutines

import (
	"context"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

func listens(ctx context.Context, jobs chan int) {
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case j := <-jobs:
				use(j)
			}
		}
	}()
	go func() {
		for ctx.Err() == nil {
			use(1)
		}
	}()
	go func() {
		for {
			if err := ctx.Err(); err != nil {
				log.Print(err)
				return
			}
			use(2)
		}
	}()
	go worker(ctx, jobs)
	go func() {
		defer close(jobs)
		worker(ctx, jobs)
	}()
}

func worker(done context.Context, in chan int) {
	for {
		select {
		case <-done.Done():
			return
		case j, ok := <-in:
			if !ok {
				return
			}
			use(j)
		}
	}
}

func use(int) {}

func never(jobs chan int, tick *time.Ticker) {
	go func() {
		for {
			use(<-jobs)
		}
	}()
	go func() {
		for range tick.C {
			use(1)
		}
	}()
	go func() { select {} }()
	go forever()
	go func() { log.Fatal(http.ListenAndServe(":0", nil)) }()
	go func() {
		for {
			if len(jobs) > 9 {
				panic("full")
			}
		}
	}()
}

func forever() {
	for {
		time.Sleep(time.Second)
	}
}

func channels(jobs, stop chan int, errs chan error, srv *http.Server, l net.Listener) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for j := range jobs {
			use(j)
		}
	})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
				use(1)
			}
		}
	})
	go func() { errs <- srv.Serve(l) }()
	go func() {
		wg.Wait()
		close(errs)
	}()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
}

func work(handler http.Handler, n int, f func()) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := 0; k < i; k++ {
				use(k)
			}
		}()
	}
	go handler.ServeHTTP(nil, nil)
	go func() { handler.ServeHTTP(nil, nil) }()
	go f()
	go http.ListenAndServe(":0", nil)
	wg.Wait()
}

func deaf(parent context.Context, jobs chan int) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	events := make(chan int)
	go func() {
		for {
			e := <-events
			use(e)
		}
	}()
	go worker(ctx, jobs)
	time.AfterFunc(time.Second, cancel)
	<-ctx.Done()
}

func retries(ctx context.Context, n int) {
	go func() {
		for {
			if try(ctx) == nil {
				return
			}
		}
	}()
	go func() {
		for n > 0 {
			n = next(n)
		}
	}()
}

func try(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://localhost", nil)
	if err != nil {
		return err
	}
	_, err = http.DefaultClient.Do(req)
	return err
}

func next(n int) int { return n / 2 }

type bus interface{ signal(events chan<- int) }

func lost(b bus) {
	events := make(chan int, 1)
	go func() {
		for {
			if _, ok := <-events; !ok {
				return
			}
		}
	}()
	go func() { panic("now") }()
}
