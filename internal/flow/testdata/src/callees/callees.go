// Package callees has calls through interfaces; want comments list what they
// may run.
package callees

type stopper interface{ stop() }

// A starter has its method from an interface that more types satisfy.
type starter interface {
	stopper
	start()
}

type engine struct{}

func (engine) start() {}
func (engine) stop()  {}

type parked struct{}

func (parked) stop() {}

func stopsEngine(s starter) { s.stop() } // want `engine, complete`

func stopsAny(s stopper) { s.stop() } // want `engine, parked, complete`

func stopsEngineAgain(s starter) { s.stop() } // want `engine, complete`

func stopsParked() {
	var s stopper = parked{}
	s.stop() // want `parked, complete`
}

func stopsForeign(s interface{ Stop() }) { s.Stop() } // want `^$`
