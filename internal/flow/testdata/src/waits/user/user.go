// Package user waits in functions of another package.
package user

import "waits"

func park() { // want `park:leave an empty select by Park2, Park`
	waits.Park2() // want `return from Park2: Park2 can wait for ever to leave an empty select`
}

func emit(h *waits.Hub) { // want `emit:send to h.events by Emit`
	h.Emit(1) // want `return from Emit: Emit can wait for ever to send to h.events`
	h.Reply(1)
}

type emitter interface{ Emit(int) }

func through(e emitter) { e.Emit(1) }
