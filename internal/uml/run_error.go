package uml

import (
	"fmt"

	"dmafuzz/model"
)

// EventError is the error for an event of a trace that the player has no
// counterpart for. It is an ErrUnplayable.
type EventError struct {
	Index int // in the trace's events
	Event model.Event
	Why   string
}

func (e *EventError) Error() string { return fmt.Sprintf("%s: %v: %s", e.Event, ErrUnplayable, e.Why) }

func (e *EventError) Unwrap() error { return ErrUnplayable }

// besideShutdown refuses a shutdown while another actor is active, and what is
// taken up beside one: device_shutdown waits for probes that are under way, which
// the player's other thread does not end.
func besideShutdown(m *model.Machine, events []model.Event) error {
	var s model.State
	var cast model.Cast
	var doing [model.MaxActors]model.EventKind
	for i, e := range events {
		after, out := m.Step(s, e)
		if !out.Executed {
			continue
		}
		begins := !atOnce(e) && !active(&s, m.ActorOf(&s, e))
		who := cast.Follow(m, &s, e, &after)
		if begins && active(&s, 0) && (e.Kind == model.EventShutdown || doing[1-who] == model.EventShutdown) {
			return &EventError{i, e, "a shutdown is played alone: the kernel's waits for the other thread's probe"}
		}
		if begins {
			doing[who] = e.Kind
		}
		s = after
	}
	return nil
}
