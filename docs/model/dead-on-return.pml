/*
 * DEAD-ON-RETURN: once a stopping call has settled, no verification that starts later is accepted anywhere.
 *
 * One token, the PostgreSQL primary, two stopping calls, two API nodes, one sibling that polls and asks whichever node it likes, a
 * crash of PostgreSQL, and a clock. README.md beside this file says what each abstraction leaves out and why it may.
 *
 * Every `#ifdef NO_...` or `#ifdef ..._...` below is a mutant: one rule of the protocol switched off. check.mjs runs them all.
 */

/* TWO_CALLS, OTHER, CRASH and REMOVAL say what takes part. A lease holds for L ticks counted from its poll; a stopping call waits WAIT ticks counted from its commit. */
#ifndef L
#define L 2
#endif
#ifdef SHORT_WAIT
#define WAIT (L - 1)
#else
#define WAIT L
#endif

#define A 0
#define B 1
#define BIT(x) (1 << (x))
#define MAX(a, b) (((a) > (b)) -> (a) : (b))
#define DOWN(x) x = ((x) -> (x) - 1 : 0)

/* ---- PostgreSQL ------------------------------------------------------------------------------------------------------------------ */

/* A snapshot is the set of transaction ids that are over in it, three bits. Id 0 was taken by a transaction that wrote and
   aborted before anything of it reached the disk: a snapshot has it, and a crash gives it out again. */
unsigned next : 2 = 1;
unsigned over : 3 = 1;
unsigned feed : 3;               /* the ids whose change rows are committed */
unsigned touches : 3;            /* those of them that concern our token */
bool alive = true;       /* our token, as the tables have it */
bit incarnation;
unsigned young : 2;              /* ticks until every process has known the incarnation for WAIT */
bool crashed;

#define HIGHEST(m) ((m) & 4 -> 3 : ((m) & 2 -> 2 : ((m) & 1 -> 1 : 0)))
#ifdef HIGHEST_SEEN
/* Instead of a snapshot: every number up to the highest that has been seen. */
#define SNAPSHOT (BIT(HIGHEST(feed)) - 1)
#else
#define SNAPSHOT over
#endif

typedef Row { bool there; unsigned acknowledged : 3; unsigned silent : 2 };
Row row[2];
#ifdef REMOVAL
#define SILENT(n, x) row[n].silent = x
#else
#define SILENT(n, x) skip
#endif

/* ---- the two stopping calls ------------------------------------------------------------------------------------------------------ */

#define IDLE 0
#define RUNNING 1
#define WAITING 2
#define ENDED 3

typedef Call { unsigned at : 2; unsigned xid : 3 = 7; bit born; unsigned left : 2; unsigned rows : 2 };
Call call[2];
bool settled;

/* ---- verifiers ------------------------------------------------------------------------------------------------------------------- */

/* A look-up in flight: NOTHING to keep, CLEAN, TOUCHED by a change that came after its start, LATE: behind its asker's position. */
#define NOTHING 0
#define CLEAN 1
#define TOUCHED 2
#define LATE 3

/* A node's registration. */
#define NONE 0
#define HALFWAY 1        /* between the two statements of a registration */
#define REGISTERED 2

typedef Node {
  unsigned registration : 2;
  bit born;              /* the incarnation of its snapshot */
  unsigned applied : 3;          /* snapshot up to which changes are applied */
  unsigned known : 3;            /* changes that it can tell a sibling about */
  unsigned lease : 2;
  bool cached;           /* holds an acceptance of our token */
  unsigned lookup : 2;
  bool polling; unsigned snapshot : 3; unsigned changes : 3; unsigned granted : 2;   /* the answer on its way */
  unsigned lent : 2;             /* longest lease granted to the sibling that still runs */
#ifdef STATED_BEFORE
  unsigned stated : 3;
#endif
  unsigned owed0 : 2; unsigned owed1 : 2   /* the same, of those granted before call i's change was applied, until acknowledged */
};
Node node[2];

bool registered; bit sBorn; unsigned sPosition : 3; unsigned sLease : 2; bool sCached; unsigned sLookup : 2;
bool sPolling; bit sAnswerBorn; unsigned sSnapshot : 3; unsigned sChanges : 3; unsigned sGranted : 2;
#ifdef MARKS_ONLY
bool heard;
#endif

/* ---- who would be accepted now ---------------------------------------------------------------------------------------------------- */

#ifdef NO_LEASE_CHECK
#define TRUSTED(lease) true
#else
#define TRUSTED(lease) ((lease) > 0)
#endif
#ifdef NO_GENERATION_CHECK
#define STORABLE(l) ((l) == CLEAN || (l) == TOUCHED)
#else
#ifdef NO_POSITION_CHECK
#define STORABLE(l) ((l) == CLEAN || (l) == LATE)
#else
#define STORABLE(l) ((l) == CLEAN)
#endif
#endif
#ifdef NO_JOINER_CHECK
#define JOINED(l, lease) ((l) == CLEAN || (l) == TOUCHED)
#else
#ifdef NO_JOINER_POSITION_CHECK
#define JOINED(l, lease) (((l) == CLEAN || (l) == LATE) && (lease) > 0)
#else
#define JOINED(l, lease) ((l) == CLEAN && (lease) > 0)
#endif
#endif
#define ACCEPTS(c, l, lease) (((c) && TRUSTED(lease)) || JOINED(l, lease))
#define NODE_ACCEPTS(n) ACCEPTS(node[n].cached, node[n].lookup, node[n].lease)
#define SIBLING_ACCEPTS ACCEPTS(sCached, sLookup, sLease)

#if defined(NO_GENERATION_CHECK) || defined(NO_JOINER_CHECK) || defined(DOOMED_STAY)
#define DIRTY(l) l = ((l) -> TOUCHED : NOTHING)
#else
/* An answer that will be thrown away is thrown away now: it saves states. DOOMED_STAY leaves it on its way. */
#define DIRTY(l) l = NOTHING
#endif
#if defined(NO_POSITION_CHECK) || defined(NO_JOINER_POSITION_CHECK) || defined(DOOMED_STAY)
#define IF_BEHIND LATE
#else
#define IF_BEHIND NOTHING
#endif
#ifdef NO_GENERATION_AT_REGISTRATION
#define ASKS(registered) true
#else
#define ASKS(registered) (registered)
#endif

/* ---- stopping calls --------------------------------------------------------------------------------------------------------------- */

/* The property asks only whether some call has settled. Once one has, nothing is waited for any more: what calls wait for is
   set to nothing then, and stays so. It saves states, and changes nothing of who accepts what. */
inline settle(i) {
  settled = true;
  call[i].at = ENDED; call[i].left = 0;
  if :: call[1 - i].at == WAITING -> call[1 - i].at = ENDED; call[1 - i].left = 0 :: else fi;
  row[A].acknowledged = 0; row[B].acknowledged = 0;
  node[A].owed0 = 0; node[A].owed1 = 0; node[B].owed0 = 0; node[B].owed1 = 0
#ifndef REMOVAL
  ; node[A].lent = 0; node[B].lent = 0
#endif
}
#ifdef REMOVAL
#define MAY_LEND true
#else
#define MAY_LEND !settled
#endif

#ifdef REGISTRY_BEFORE_COMMIT
#define HAS(i, n) (!row[n].there || !(call[i].rows & BIT(n)) || (row[n].acknowledged & BIT(call[i].xid)))
#else
#define HAS(i, n) (!row[n].there || (row[n].acknowledged & BIT(call[i].xid)))
#endif
#ifdef NO_ACKNOWLEDGEMENT
#define ACKNOWLEDGED(i) true
#else
#ifdef NO_YOUNG_INCARNATION
#define ACKNOWLEDGED(i) (call[i].born == incarnation && HAS(i, A) && HAS(i, B))
#else
#define ACKNOWLEDGED(i) (call[i].born == incarnation && !young && HAS(i, A) && HAS(i, B))
#endif
#endif

#ifdef OTHER
#define MAY_BEGIN(i) true
#else
/* Two calls that do the same: the first is the one that writes first. */
#define MAY_BEGIN(i) (i == 0 || call[0].at != IDLE)
#endif

proctype Stop(byte i) {
  do
  /* Its first write takes a transaction id. */
  :: d_step { call[i].at == IDLE && (MAY_BEGIN(i)) ->
      call[i].xid = next; next++; call[i].born = incarnation; call[i].rows = row[A].there | (row[B].there << 1);
      call[i].at = RUNNING }
  :: d_step { call[i].at == RUNNING ->
      feed = feed | BIT(call[i].xid); over = over | BIT(call[i].xid);
      if
#ifdef OTHER
      /* The second call stops another token: only its numbers in the feed matter here. */
      :: i == 1 -> call[i].at = ENDED
#endif
      :: else ->
        touches = touches | BIT(call[i].xid);
        if
        :: settled -> call[i].at = ENDED
#ifdef NO_REPEATED_WAIT
        :: !settled && !alive -> settle(i)
        :: !settled && alive -> call[i].at = WAITING; call[i].left = WAIT
#else
        :: else -> call[i].at = WAITING; call[i].left = WAIT
#endif
        fi;
        alive = false
      fi }
  :: d_step { call[i].at == WAITING && ACKNOWLEDGED(i) -> settle(i) }
  :: d_step { call[i].at == WAITING && !call[i].left -> settle(i) }
  od
}

/* ---- an API node ------------------------------------------------------------------------------------------------------------------ */

inline begin(n) { node[n].snapshot = SNAPSHOT; node[n].changes = feed; node[n].granted = L }
inline silence(n) { node[n].polling = false; node[n].snapshot = 0; node[n].changes = 0; node[n].granted = 0 }
inline forget(n) {
  node[n].cached = false; DIRTY(node[n].lookup); node[n].lease = 0; silence(n);
  node[n].applied = 0; node[n].known = 0; node[n].registration = NONE
}

#ifdef REGISTERED_IN_ONE_STATEMENT
#define REGISTERING(n) node[n].born == incarnation
#else
#define REGISTERING(n) row[n].there
#endif
#ifdef STATED_BEFORE
#define STATED(n) node[n].stated
#else
#define STATED(n) 0
#endif
#ifdef NO_WAIT_FOR_SIBLINGS
#define OWED(n, i) 0
#else
#define OWED(n, i) (node[n].owed##i -> BIT(call[i].xid) : 0)
#endif

proctype Api(byte n) {
  do
  /* Registration: the row is there for everybody before the snapshot is taken that the verifier begins with. */
  :: d_step { node[n].registration == NONE ->
      node[n].born = incarnation; node[n].registration = HALFWAY;
#ifdef REGISTERED_IN_ONE_STATEMENT
      begin(n)
#else
      row[n].there = true; SILENT(n, WAIT)
#endif
      }
  :: d_step { node[n].registration == HALFWAY && (REGISTERING(n)) ->
#ifdef REGISTERED_IN_ONE_STATEMENT
      row[n].there = true;
#else
      begin(n);
#endif
      if :: settled :: else -> row[n].acknowledged = node[n].snapshot fi; SILENT(n, WAIT);
      node[n].registration = REGISTERED;
      node[n].applied = node[n].snapshot; node[n].known = node[n].changes; node[n].lease = node[n].granted;
      silence(n);
      node[n].cached = false;
#ifndef NO_GENERATION_AT_REGISTRATION
      DIRTY(node[n].lookup)
#endif
      }
  :: d_step { node[n].registration == HALFWAY && !(REGISTERING(n)) -> forget(n) }

  /* A poll is one statement: acknowledge, take the snapshot, read the changes. */
  :: d_step { node[n].registration == REGISTERED && !node[n].polling && row[n].there ->
      if :: settled :: else -> row[n].acknowledged = node[n].applied & ~(OWED(n, 0) | OWED(n, 1)) fi; SILENT(n, WAIT);
      node[n].changes = feed & ~node[n].applied; node[n].granted = L;
#ifndef TWO_STATEMENTS
      node[n].snapshot = SNAPSHOT;
#endif
      node[n].polling = true }
#ifdef TWO_STATEMENTS
  :: d_step { node[n].polling && !node[n].snapshot -> node[n].snapshot = SNAPSHOT }
#endif
  :: d_step { node[n].polling && node[n].snapshot ->
      if :: node[n].changes & touches -> node[n].cached = false; DIRTY(node[n].lookup) :: else fi;
      if :: call[0].at == WAITING && (node[n].changes & BIT(call[0].xid) & ~STATED(n)) -> node[n].owed0 = node[n].lent :: else fi;
      if :: call[1].at == WAITING && (node[n].changes & BIT(call[1].xid) & ~STATED(n)) -> node[n].owed1 = node[n].lent :: else fi;
      node[n].applied = node[n].snapshot; node[n].known = node[n].known | node[n].changes; node[n].lease = node[n].granted;
      silence(n) }
  /* The answer is lost. */
  :: d_step { node[n].polling -> silence(n) }
  /* No row updated: another incarnation, or an observer removed it. */
  :: d_step { node[n].registration == REGISTERED && !row[n].there -> forget(n) }

  /* A look-up reads the tables, then its answer arrives. */
  :: d_step { alive && !node[n].cached && !node[n].lookup && ASKS(node[n].registration == REGISTERED) &&
      (node[n].registration != REGISTERED || node[n].born == incarnation) ->
      node[n].lookup = CLEAN }
  :: d_step { node[n].lookup ->
      if
      :: node[n].registration == REGISTERED && STORABLE(node[n].lookup) -> node[n].cached = true
      :: else
      fi;
      node[n].lookup = NOTHING }

#ifdef REMOVAL
  /* The owner takes its row away once what it lent is over; an observer once the poll counter stood still. */
#ifdef REMOVED_BY_OWNER_EARLY
  :: d_step { node[n].registration == REGISTERED && row[n].there -> forget(n); row[n].there = false; row[n].acknowledged = 0; SILENT(n, 0) }
#else
  :: d_step { node[n].registration == REGISTERED && row[n].there && !node[n].lent ->
      forget(n); row[n].there = false; row[n].acknowledged = 0; SILENT(n, 0) }
#endif
  /* Too much has changed to be told: the node begins anew under the row that it has. */
#ifdef BEGINS_ANEW_EARLY
  :: d_step { node[n].registration == REGISTERED && row[n].there -> forget(n) }
#else
  :: d_step { node[n].registration == REGISTERED && row[n].there && !node[n].lent -> forget(n) }
#endif
#ifdef REMOVED_BY_OBSERVER_EARLY
  :: d_step { row[n].there -> row[n].there = false; row[n].acknowledged = 0; SILENT(n, 0) }
#else
  :: d_step { row[n].there && !row[n].silent -> row[n].there = false; row[n].acknowledged = 0 }
#endif
#endif
  od
}

/* ---- a sibling -------------------------------------------------------------------------------------------------------------------- */

inline poll(n) {
  sAnswerBorn = node[n].born; sSnapshot = node[n].applied; sGranted = node[n].lease; sPolling = true;
  if :: MAY_LEND -> node[n].lent = MAX(node[n].lent, node[n].lease) :: else fi;
  if
  :: registered && sBorn == node[n].born ->
    sChanges = node[n].known & ~sPosition;
#ifdef STATED_BEFORE
    node[n].stated = node[n].stated | sPosition;
#endif
    /* What it says that it has applied is its acknowledgement. */
    if :: sPosition & BIT(call[0].xid) -> node[n].owed0 = 0 :: else fi;
    if :: sPosition & BIT(call[1].xid) -> node[n].owed1 = 0 :: else fi
  :: else
  fi
}

#ifdef MARKS_ONLY
#define IS_BEHIND(n) heard
#else
#define IS_BEHIND(n) (sPosition & ~node[n].applied)
#endif

inline ask(n) { sLookup = (IS_BEHIND(n) -> IF_BEHIND : CLEAN) }

/* The node lags behind the sibling. Both are safe: to stay where one is, or to begin anew where the node is. */
#define AHEAD (sPosition & ~sSnapshot)
#ifdef POSITION_GOES_BACK
#define NEW_POSITION sSnapshot
#else
#define NEW_POSITION (sPosition | sSnapshot)
#endif

inline hush() { sPolling = false; sAnswerBorn = 0; sSnapshot = 0; sChanges = 0; sGranted = 0 }

proctype Sibling() {
  do
  :: d_step { !sPolling && node[A].registration == REGISTERED && node[A].lease -> poll(A) }
  :: d_step { !sPolling && node[B].registration == REGISTERED && node[B].lease -> poll(B) }
  :: d_step { sPolling && registered && sBorn == sAnswerBorn ->
      if
      :: sChanges & touches ->
        sCached = false; DIRTY(sLookup);
#ifdef MARKS_ONLY
        heard = true
#endif
      :: else
      fi;
      sPosition = NEW_POSITION; sLease = MAX(sLease, sGranted);
      hush() }
  :: d_step { sPolling && (!registered || sBorn != sAnswerBorn || AHEAD) ->
      sCached = false;
#ifndef NO_GENERATION_AT_REGISTRATION
      DIRTY(sLookup);
#endif
      registered = true; sBorn = sAnswerBorn; sPosition = sSnapshot; sLease = sGranted;
      hush() }
  /* The answer is lost. */
  :: d_step { sPolling -> hush() }

  /* The node answers from its cache or from a look-up under way ... */
  :: d_step { !sCached && !sLookup && ASKS(registered) && NODE_ACCEPTS(A) && (!registered || sBorn == node[A].born) -> ask(A) }
  :: d_step { !sCached && !sLookup && ASKS(registered) && NODE_ACCEPTS(B) && (!registered || sBorn == node[B].born) -> ask(B) }
  /* ... or from the tables. */
  :: d_step { !sCached && !sLookup && ASKS(registered) && alive && (!registered || sBorn == incarnation) -> sLookup = CLEAN }
  :: d_step { sLookup ->
      if
      :: registered && STORABLE(sLookup) -> sCached = true
      :: else
      fi;
      sLookup = NOTHING }
  od
}

/* ---- the world -------------------------------------------------------------------------------------------------------------------- */

proctype Crash() {
  d_step { !crashed -> crashed = true;
    if :: call[0].at == RUNNING -> call[0].at = ENDED; call[0].xid = 7 :: else fi;
    if :: call[1].at == RUNNING -> call[1].at = ENDED; call[1].xid = 7 :: else fi;
    next = HIGHEST(feed); over = BIT(next) - 1;
#ifndef NO_INCARNATION
    incarnation = 1; young = WAIT;
    row[A].there = false; row[A].acknowledged = 0; SILENT(A, 0);
    row[B].there = false; row[B].acknowledged = 0; SILENT(B, 0)
#endif
  }
}

inline older(n) {
  DOWN(node[n].lease); DOWN(node[n].granted); DOWN(node[n].lent); DOWN(node[n].owed0); DOWN(node[n].owed1); DOWN(row[n].silent)
}

proctype Clock() {
  do
  :: d_step { true ->
      older(A); older(B); DOWN(sLease); DOWN(sGranted); DOWN(young); DOWN(call[0].left); DOWN(call[1].left) }
  od
}

/* What has to happen somewhere, so that the property isn't kept by nothing happening. Each is claimed never to, and refuted. */
#define ALL_TRUSTED (node[A].lease && node[B].lease && sLease)
#define LEFT(i) (call[i].at == WAITING && call[i].left == WAIT)
#ifdef SEEN_NODE_CACHE
#define SEEN (alive && node[A].cached && node[A].lease)
#endif
#ifdef SEEN_SIBLING_CACHE
#define SEEN (alive && sCached && sLease)
#endif
#ifdef SEEN_ACCEPTED_WHILE_STOPPING
#define SEEN (!settled && !alive && node[A].cached && node[A].lease && sCached && sLease)
#endif
#ifdef SEEN_JOINED_WHILE_STOPPING
#define SEEN (!settled && !alive && JOINED(node[A].lookup, node[A].lease) && JOINED(sLookup, sLease))
#endif
#ifdef SEEN_OUTLIVED_ITS_LEASE
#define SEEN (settled && node[A].cached && sCached)
#endif
#ifdef SEEN_ACKNOWLEDGED_BY_ALL
#define SEEN (LEFT(0) && row[A].there && row[B].there && ACKNOWLEDGED(0) && ALL_TRUSTED)
#endif
#ifdef SEEN_LEASE_RUN_OUT
#define SEEN (call[0].at == WAITING && !call[0].left && !ACKNOWLEDGED(0))
#endif
#ifdef SEEN_WAITING_FOR_SIBLING
#define SEEN (LEFT(0) && (node[A].applied & BIT(call[0].xid)) && node[A].owed0 && sCached && sLease && !node[A].cached)
#endif
#ifdef SEEN_SIBLING_ACKNOWLEDGED
#define SEEN (LEFT(0) && node[A].lent && (row[A].acknowledged & BIT(call[0].xid)) && (sPosition & BIT(call[0].xid)))
#endif
#ifdef SEEN_MOVED_TO_LAGGING_NODE
#define SEEN (sPolling && registered && sBorn == sAnswerBorn && AHEAD && sLease)
#endif
#ifdef SEEN_ASKED_LAGGING_NODE
#define SEEN (registered && sLease && NODE_ACCEPTS(A) && sBorn == node[A].born && IS_BEHIND(A))
#endif
#ifdef SEEN_TRUSTED_AFTERWARDS
#define SEEN (settled && ALL_TRUSTED)
#endif
#ifdef SEEN_BOTH_WAITING
#define SEEN (call[0].at == WAITING && call[1].at == WAITING && call[0].left < call[1].left && sCached && sLease)
#endif
#ifdef SEEN_OVERTAKEN
#define SEEN (call[0].at == RUNNING && call[1].at == ENDED && call[0].xid < call[1].xid && (node[A].applied & BIT(call[1].xid)))
#endif
#ifdef SEEN_CRASH_IN_CALL
#define SEEN (crashed && call[0].at == ENDED && call[0].xid == 7)
#endif
#ifdef SEEN_ID_GIVEN_AGAIN
#define SEEN (crashed && call[0].at == WAITING && call[0].xid == 0)
#endif
#ifdef SEEN_OLD_LEASE_AFTER_CRASH
#define SEEN (call[0].born && LEFT(0) && !node[A].born && NODE_ACCEPTS(A) && row[B].there && node[B].lease)
#endif
#ifdef SEEN_ACKNOWLEDGED_AFTER_CRASH
#define SEEN (call[0].born && LEFT(0) && row[A].there && row[B].there && ACKNOWLEDGED(0) && ALL_TRUSTED)
#endif
#ifdef SEEN_REMOVED_BY_OBSERVER
#define SEEN (node[A].registration == REGISTERED && !row[A].there && node[A].cached && call[0].at == WAITING)
#endif
#ifdef SEEN_BEGUN_ANEW
#define SEEN (LEFT(0) && row[A].there && node[A].registration == NONE && sCached && sLease)
#endif

proctype Property() {
#ifdef SEEN
  atomic { SEEN -> assert(false) }
#else
  atomic { settled && (NODE_ACCEPTS(A) || NODE_ACCEPTS(B) || SIBLING_ACCEPTS) -> assert(false) }
#endif
}

init {
  atomic {
    run Stop(0);
#ifdef TWO_CALLS
    run Stop(1);
#endif
    run Api(A); run Api(B); run Sibling();
#ifdef CRASH
    run Crash();
#endif
    run Clock(); run Property()
  }
}
