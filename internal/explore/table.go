package explore

import (
	"fmt"
	"math/bits"

	"dmafuzz/model"
)

// ref names a state in a table: its shard in the upper 8 bits, its number
// within the shard in the lower 24. It never changes.
type ref uint32

const (
	numShards = 256
	shardBits = 24
	number    = 1<<shardBits - 1

	// maxStates is where every search ends: half of what refs can name, so that
	// no shard fills up before, hashes being what they are.
	maxStates = 1 << 31

	// keyWords is how many words of a key hashKey and sumKey take in. The two
	// lines below do not compile when a key has another number of them.
	keyWords = 6

	// pageLen states are stored together. Small pages waste little: 256 shards
	// leave half a page each unused.
	pageLen = 128

	// A shard grows by a third when four of five slots are taken, so that at
	// least three of five are: 5 to 6.7 bytes a state.
	maxLoadNum, maxLoadDen = 4, 5
	minSlots               = 16
)

var (
	_ = [1]struct{}{}[len(model.PackedState{})-keyWords]
	_ = [1]struct{}{}[keyWords-len(model.PackedState{})]
)

// table is a set of packed states, each with the state and the event by which
// it was first reached. It holds the exact keys: two states are never taken
// for one. It costs the key, 6 bytes for parent and event, and 5 to 6.7 bytes
// of slots a state.
//
// It is an open-addressing table in 256 shards. Any number of goroutines may
// call find while nobody inserts; insertions into different shards may run at
// the same time.
type table struct {
	words  int
	stops  bool // keep where events were made to stop, too
	shards [numShards]shard
}

// shard has slots that hold an 8-bit tag of the hash above the state's number
// within the shard plus one, 0 for none. The tag spares 255 of 256 looks at
// the key of another state.
type shard struct {
	slots   []uint32
	count   uint32
	keys    [][]uint64 // pages of pageLen keys
	parents []*[pageLen]ref
	events  []*[pageLen]model.EventID
	points  []*[pageLen]model.PointID // only if the table keeps stops
}

func newTable(words int) *table {
	if words < 1 || words > len(model.PackedState{}) {
		panic(fmt.Sprintf("explore: keys of %d words", words))
	}
	return &table{words: words}
}

// hashKey spreads a key over 64 bits. It decides where a state is stored, and
// nothing else. The constants are the fractional digits of pi.
func hashKey(k *model.PackedState) uint64 {
	h := fold(k[0]^0x243f6a8885a308d3, k[1]^0x13198a2e03707344)
	h = fold(h^0xa4093822299f31d0, k[2]^0x082efa98ec4e6c89)
	if k[3]|k[4]|k[5] != 0 {
		h = fold(h^0x452821e638d01377, k[3]^0xbe5466cf34e90c6c)
		h = fold(h^0xc0ac29b7c97c50dd^k[4], k[5]^0x3f84d5b5b5470917)
	}
	return h
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// shardOf, tagOf and home take separate bits of the hash.
func shardOf(h uint64) uint32 { return uint32(h >> 56) }
func tagOf(h uint64) uint32   { return uint32(h>>48) << shardBits }
func (s *shard) home(h uint64) uint32 {
	return uint32(uint64(uint32(h)) * uint64(len(s.slots)) >> 32)
}

// find returns the state with the key; h is hashKey(k).
func (t *table) find(h uint64, k *model.PackedState) (ref, bool) {
	s := &t.shards[shardOf(h)]
	if len(s.slots) == 0 {
		return 0, false
	}
	tag, slots := tagOf(h), s.slots
	i := s.home(h)
	for { // There always is an empty slot.
		v := slots[i]
		if v == 0 {
			return 0, false
		}
		if v&^number == tag && s.holds((v&number)-1, k, t.words) {
			return ref(shardOf(h)<<shardBits | (v&number - 1)), true
		}
		if i++; int(i) == len(slots) {
			i = 0
		}
	}
}

// vacancy returns the slot for a key that is not there.
func (s *shard) vacancy(h uint64) uint32 {
	i := s.home(h)
	for s.slots[i] != 0 {
		if i++; int(i) == len(s.slots) {
			i = 0
		}
	}
	return i
}

// A table is larger than any cache, so that a search in it waits for memory
// twice: for a slot, and for a key. lookLen searches at a time wait together.
const lookLen = 64

// findAll tells for each of at most lookLen candidates whether it is in the
// table. It is what find would say, in passes whose reads do not depend on each
// other.
func (t *table) findAll(list []candidate) (in [lookLen]bool) {
	var first [lookLen]uint32 // slot, then number plus one of the first key with the tag
	for i := range list {
		s := &t.shards[shardOf(list[i].hash)]
		if len(s.slots) > 0 {
			first[i] = s.slots[s.home(list[i].hash)]
		}
	}
	for i := range list {
		v := first[i]
		if v == 0 {
			continue
		}
		h := list[i].hash
		s, tag := &t.shards[shardOf(h)], tagOf(h)
		for j := s.home(h); v != 0 && v&^number != tag; v = s.slots[j] {
			if j++; int(j) == len(s.slots) {
				j = 0
			}
		}
		first[i] = v & number
	}
	var same [lookLen]bool
	for i := range list {
		if n := first[i]; n != 0 {
			same[i] = t.shards[shardOf(list[i].hash)].holds(n-1, &list[i].key, t.words)
		}
	}
	for i := range list {
		in[i] = same[i]
		if first[i] != 0 && !same[i] { // another key has the tag
			_, in[i] = t.find(list[i].hash, &list[i].key)
		}
	}
	return in
}

// await reads what the insertion of each candidate will read first.
//
//go:noinline
func (t *table) await(list []*candidate) (sum uint32) {
	for _, d := range list {
		if s := &t.shards[shardOf(d.hash)]; len(s.slots) > 0 {
			sum += s.slots[s.home(d.hash)]
		}
	}
	return sum
}

func (s *shard) holds(n uint32, k *model.PackedState, words int) bool {
	i := int(n%pageLen) * words
	for j, w := range s.keys[n/pageLen][i : i+words] {
		if w != k[j] {
			return false
		}
	}
	return true
}

// insert adds a key unless it is there, and tells which state has it. Parent
// and event of a state that is there already stay as they are.
func (t *table) insert(h uint64, k *model.PackedState, parent ref, event model.EventID, point model.PointID) (r ref, added bool) {
	if r, ok := t.find(h, k); ok {
		return r, false
	}
	s := &t.shards[shardOf(h)]
	// Only after the search: when a shard grows must not depend on how often
	// somebody tries to insert what is there.
	if uint64(s.count)*maxLoadDen >= uint64(len(s.slots))*maxLoadNum {
		s.grow(t.words)
	}
	slot := s.vacancy(h)
	n := s.count
	if n == number {
		panic("explore: a shard of the state table is full far before its time; hashKey is at fault")
	}
	page, i := n/pageLen, n%pageLen
	if i == 0 {
		s.keys = append(s.keys, make([]uint64, pageLen*t.words))
		s.parents = append(s.parents, new([pageLen]ref))
		s.events = append(s.events, new([pageLen]model.EventID))
		if t.stops {
			s.points = append(s.points, new([pageLen]model.PointID))
		}
	}
	copy(s.keys[page][int(i)*t.words:], k[:t.words])
	s.parents[page][i] = parent
	s.events[page][i] = event
	if t.stops {
		s.points[page][i] = point
	}
	s.count++
	s.slots[slot] = tagOf(h) | s.count
	return ref(shardOf(h)<<shardBits | n), true
}

// grow makes room. It reads the keys in the order in which they are stored.
func (s *shard) grow(words int) {
	s.slots = make([]uint32, max(minSlots, len(s.slots)/3*4))
	for n := range s.count {
		k := s.key(n, words)
		h := hashKey(&k)
		s.slots[s.vacancy(h)] = tagOf(h) | (n + 1)
	}
}

func (s *shard) key(n uint32, words int) (k model.PackedState) {
	i := int(n%pageLen) * words
	copy(k[:], s.keys[n/pageLen][i:i+words])
	return k
}

// key returns a state's key.
func (t *table) key(r ref) model.PackedState {
	return t.shards[r>>shardBits].key(uint32(r)&number, t.words)
}

// origin returns the state from which, the event by which a state was first
// reached, and the point at which that event was made to stop.
func (t *table) origin(r ref) (parent ref, event model.EventID, point model.PointID) {
	s, n := &t.shards[r>>shardBits], uint32(r)&number
	if t.stops {
		point = s.points[n/pageLen][n%pageLen]
	}
	return s.parents[n/pageLen][n%pageLen], s.events[n/pageLen][n%pageLen], point
}

// bytes is the memory that the table uses.
func (t *table) bytes() uint64 {
	var b uint64
	for i := range t.shards {
		s := &t.shards[i]
		b += 4*uint64(len(s.slots)) + uint64(len(s.keys))*uint64(pageLen*(8*t.words+6)+24+8+8) + uint64(len(s.points))*uint64(2*pageLen+8)
	}
	return b
}
