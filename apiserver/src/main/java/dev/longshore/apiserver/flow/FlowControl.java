package dev.longshore.apiserver.flow;

import dev.longshore.apiserver.flow.FlowTally.Refusal;
import dev.longshore.base.Time;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// Priority and fairness after Kubernetes' KEP 1040. Every request belongs to a flow of some FlowSchema, and takes
/// seats at that schema's priority level while it is worked on; where none is free it waits its turn or is sent
/// away. So nobody's flood drowns others, and what keeps the cluster alive has seats of its own.
///
/// The configuration is an immutable picture, replaced as a whole; each level has one short lock of its own.
/// Thread-safe. Nothing that holds a seat asks for another one, so there is no circle to wait in.
public final class FlowControl {

    private final Time time;
    private final int seats;
    private volatile Picture picture;

    /// Shares `seats` out; only the mandatory levels exist until [#configure].
    public FlowControl(int seats, Time time) {
        this.seats = seats;
        this.time = time;
        this.picture = new Picture(FlowConfig.of(List.of(), List.of()), Map.of(), Map.of());
        configure(List.of(), List.of());
    }

    /// How a request was classed and what became of it.
    public sealed interface Entry {

        /// The uid of the schema that took it; empty when that one is no object.
        String schemaUid();

        /// The uid of its level, likewise.
        String levelUid();

        /// It may go on, and closes `seat` when it is done.
        record Seated(String schemaUid, String levelUid, Seat seat) implements Entry {}

        /// It may come again later.
        record Refused(String schemaUid, String levelUid) implements Entry {}
    }

    private record Post(Level level, LevelShare share, PriorityLevel config) {}

    private record Picture(FlowConfig config, Map<String, Post> posts, Map<String, FlowTally> tallies) {}

    /// Gives the request seats, waiting for them if need be.
    ///
    /// @param width how many seats it needs, given how many one request at its level may have
    /// @param patience how long it may wait
    /// @throws InterruptedException if its thread was interrupted meanwhile; it holds no seat then
    public Entry enter(Attributes request, IntUnaryOperator width, Duration patience) throws InterruptedException {
        Picture now = picture;
        FlowSchema schema = now.config.match(request);
        Post post = now.posts.get(schema.level());
        FlowTally tally = now.tallies.get(schema.name());
        String flow = schema.flow(request);
        int seatsWanted = Math.max(1, width.applyAsInt(post.share.widest()));
        tally.seats.observe(seatsWanted);
        var arrival = new Arrival(tally, flow, Hands.hash(schema.name(), flow), seatsWanted, patience);
        return switch (post.level.arrive(arrival)) {
            case Level.Place.Taken(Seat seat) -> new Entry.Seated(schema.uid(), post.config.uid(), seat);
            case Level.Place.None _ -> new Entry.Refused(schema.uid(), post.config.uid());
            case Level.Place.Queued(Waiter waiter) -> {
                await(post.level, waiter, patience);
                yield waiter.seat()
                        .<Entry>map(seat -> new Entry.Seated(schema.uid(), post.config.uid(), seat))
                        .orElseGet(() -> new Entry.Refused(schema.uid(), post.config.uid()));
            }
        };
    }

    private void await(Level level, Waiter waiter, Duration patience) throws InterruptedException {
        Time.Timer timer = time.schedule(patience, () -> level.giveUp(waiter, Refusal.TIME_OUT));
        try {
            waiter.decided.await();
        } catch (InterruptedException interrupted) {
            if (!level.giveUp(waiter, Refusal.CANCELLED)) {
                waiter.seat().ifPresent(Seat::close);
            }
            throw interrupted;
        } finally {
            timer.cancel();
        }
    }

    /// Goes by these objects from now on; whoever waits or works goes on at the level where it is.
    ///
    /// @return the names of the schemas whose level is missing
    public synchronized Collection<String> configure(Collection<Resource> schemas, Collection<Resource> levels) {
        FlowConfig config = FlowConfig.of(schemas, levels);
        var posts = new HashMap<String, Post>();
        for (PriorityLevel level : config.levels().values()) {
            Post before = picture.posts.get(level.name());
            double memory = before == null ? 0 : before.share.smoothed();
            var share = LevelShare.of(level, config.levels().values(), seats, memory);
            Level running = before == null ? new Level(level, share.nominal, time) : before.level;
            running.configure(level);
            posts.put(level.name(), new Post(running, share, level));
        }
        var tallies = new HashMap<String, FlowTally>();
        for (FlowSchema schema : config.schemas()) {
            FlowTally before = picture.tallies.get(schema.name());
            boolean isSame = before != null && before.level.equals(schema.level());
            tallies.put(schema.name(), isSame ? before : new FlowTally(schema.name(), schema.level()));
        }
        picture = new Picture(config, Map.copyOf(posts), Map.copyOf(tallies));
        lend();
        return config.dangling();
    }

    /// Moves seats from levels that do not use them to those that want them; called every few seconds.
    public synchronized void lend() {
        var posts = List.copyOf(picture.posts.values());
        var lots = new ArrayList<Lending.Lot>();
        for (Post post : posts) {
            post.share.note(post.level.resetDemand());
            lots.add(new Lending.Lot(post.share, post.config.isExempt()));
        }
        int[] given = Lending.adjust(lots);
        for (int i = 0; i < given.length; i++) {
            posts.get(i).level.limit(given[i]);
        }
    }

    /// The metrics in Prometheus' text form.
    public String metrics() {
        Picture now = picture;
        return FlowReports.metrics(
                now.tallies.values(),
                now.posts.values().stream()
                        .map(post -> new FlowReports.Standing(post.level.view(), post.share))
                        .toList());
    }

    /// What people see under `/debug/api_priority_and_fairness/`: `dump_priority_levels`, `dump_queues` or
    /// `dump_requests`; empty for any other name.
    public java.util.Optional<String> dump(String name) {
        Picture now = picture;
        return FlowReports.dump(
                name,
                now.tallies.values(),
                now.posts.values().stream().map(post -> post.level.view()).toList());
    }
}
