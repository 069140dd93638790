package dev.longshore.apiserver.flow;

import dev.longshore.apiserver.flow.FlowTally.Refusal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// Tells how requests fare: as metrics, and as tables for people.
final class FlowReports {

    private static final String PREFIX = "apiserver_flowcontrol_";

    private FlowReports() {}

    /// A level, and what it may use.
    record Standing(LevelView view, LevelShare share) {}

    static String metrics(Collection<FlowTally> flows, Collection<Standing> levels) {
        var text = new StringBuilder();
        var tallies = flows.stream()
                .sorted(Comparator.comparing((FlowTally each) -> each.schema))
                .toList();
        head(text, "rejected_requests_total", "Requests sent away.", "counter");
        for (FlowTally tally : tallies) {
            for (Refusal why : Refusal.values()) {
                if (tally.refused(why) > 0) {
                    line(
                            text,
                            "rejected_requests_total",
                            tally.labels() + ",reason=\"" + why.label() + '"',
                            tally.refused(why));
                }
            }
        }
        each(
                text,
                tallies,
                "dispatched_requests_total",
                "Requests that were let in.",
                "counter",
                tally -> tally.dispatched.sum());
        each(text, tallies, "current_inqueue_requests", "Requests that wait.", "gauge", tally -> tally.waiting.get());
        each(
                text,
                tallies,
                "current_inqueue_seats",
                "Seats that are waited for.",
                "gauge",
                tally -> tally.waitingSeats.get());
        each(
                text,
                tallies,
                "current_executing_requests",
                "Requests worked on.",
                "gauge",
                tally -> tally.executing.get());
        each(text, tallies, "current_executing_seats", "Seats in use.", "gauge", tally -> tally.executingSeats.get());
        histograms(text, tallies);
        levels(
                text,
                levels.stream()
                        .sorted(Comparator.comparing(standing -> standing.view.name()))
                        .toList());
        return text.toString();
    }

    private static void histograms(StringBuilder text, List<FlowTally> tallies) {
        head(text, "request_wait_duration_seconds", "How long requests waited.", "histogram");
        for (FlowTally tally : tallies) {
            tally.waited.print(text, PREFIX + "request_wait_duration_seconds", tally.labels() + ",execute=\"true\"");
            tally.waitedInVain.print(
                    text, PREFIX + "request_wait_duration_seconds", tally.labels() + ",execute=\"false\"");
        }
        histogram(text, tallies, "request_execution_seconds", "How long requests took.", tally -> tally.executed);
        histogram(text, tallies, "work_estimated_seats", "How wide requests were.", tally -> tally.seats);
    }

    private static void levels(StringBuilder text, List<Standing> levels) {
        level(text, levels, "nominal_limit_seats", "A level's own seats.", each -> each.share.nominal);
        level(text, levels, "lower_limit_seats", "What it never lends.", each -> each.share.low);
        level(text, levels, "upper_limit_seats", "What it can borrow up to.", each -> each.share.high);
        level(text, levels, "current_limit_seats", "What it may use now.", each -> each.view.limit());
        level(
                text,
                levels,
                "demand_seats_average",
                "Seats wanted, on average.",
                each -> each.share.seen().mean());
        level(
                text,
                levels,
                "demand_seats_stdev",
                "How that varied.",
                each -> each.share.seen().deviation());
        level(
                text,
                levels,
                "demand_seats_high_watermark",
                "Seats wanted at most.",
                each -> each.share.seen().most());
        level(text, levels, "demand_seats_smoothed", "Demand as remembered.", each -> each.share.smoothed());
        level(text, levels, "target_seats", "What it is meant to have.", each -> each.share.target());
    }

    private static void each(
            StringBuilder text,
            List<FlowTally> tallies,
            String name,
            String help,
            String type,
            ToLongFunction<FlowTally> value) {
        head(text, name, help, type);
        tallies.forEach(tally -> line(text, name, tally.labels(), value.applyAsLong(tally)));
    }

    private static void histogram(
            StringBuilder text,
            List<FlowTally> tallies,
            String name,
            String help,
            Function<FlowTally, Histogram> part) {
        head(text, name, help, "histogram");
        tallies.forEach(tally -> part.apply(tally).print(text, PREFIX + name, tally.labels()));
    }

    private static void level(
            StringBuilder text, List<Standing> levels, String name, String help, ToDoubleFunction<Standing> value) {
        head(text, name, help, "gauge");
        for (Standing standing : levels) {
            double shown = value.applyAsDouble(standing);
            String labels = "priority_level=\"" + standing.view.name() + '"';
            text.append(PREFIX)
                    .append(name)
                    .append('{')
                    .append(labels)
                    .append("} ")
                    .append(shown)
                    .append('\n');
        }
    }

    private static void head(StringBuilder text, String name, String help, String type) {
        text.append("# HELP %s%s %s\n# TYPE %s%s %s\n".formatted(PREFIX, name, help, PREFIX, name, type));
    }

    private static void line(StringBuilder text, String name, String labels, long value) {
        text.append(PREFIX)
                .append(name)
                .append('{')
                .append(labels)
                .append("} ")
                .append(value)
                .append('\n');
    }

    static Optional<String> dump(String name, Collection<FlowTally> tallies, List<LevelView> unsorted) {
        var levels =
                unsorted.stream().sorted(Comparator.comparing(LevelView::name)).toList();
        return switch (name) {
            case "dump_priority_levels" -> Optional.of(levels(levels, tallies));
            case "dump_queues" -> Optional.of(queues(levels));
            case "dump_requests" -> Optional.of(requests(levels));
            default -> Optional.empty();
        };
    }

    private static String levels(List<LevelView> levels, Collection<FlowTally> tallies) {
        var text = new StringBuilder("PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests,"
                + " ExecutingRequests, DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests\n");
        for (LevelView level : levels) {
            var own = tallies.stream()
                    .filter(tally -> tally.level.equals(level.name()))
                    .toList();
            long dispatched =
                    own.stream().mapToLong(tally -> tally.dispatched.sum()).sum();
            long timedOut = refused(own, Refusal.TIME_OUT);
            long cancelled = refused(own, Refusal.CANCELLED);
            long rejected =
                    timedOut + cancelled + refused(own, Refusal.QUEUE_FULL) + refused(own, Refusal.CONCURRENCY_LIMIT);
            row(
                    text,
                    level.name(),
                    level.busyQueues(),
                    level.isIdle(),
                    false,
                    level.waiting(),
                    level.executing(),
                    dispatched,
                    rejected,
                    timedOut,
                    cancelled);
        }
        return text.toString();
    }

    private static long refused(List<FlowTally> tallies, Refusal why) {
        return tallies.stream().mapToLong(tally -> tally.refused(why)).sum();
    }

    private static String queues(List<LevelView> levels) {
        var text = new StringBuilder("PriorityLevelName, Index, PendingRequests, ExecutingRequests, SeatsInUse,"
                + " NextDispatchR, InitialSeatsSum, MaxSeatsSum, TotalWorkSum\n");
        for (LevelView level : levels) {
            for (LevelView.Line line : level.lines()) {
                row(
                        text,
                        level.name(),
                        line.index(),
                        line.waiting().size(),
                        line.executing(),
                        line.seatsInUse(),
                        "%.8fss".formatted(line.nextDispatch()),
                        line.waitingSeats(),
                        line.waitingSeats(),
                        "%.8fss".formatted(line.waitingWork()));
            }
        }
        return text.toString();
    }

    private static String requests(List<LevelView> levels) {
        var text = new StringBuilder("PriorityLevelName, FlowSchemaName, QueueIndex, RequestIndexInQueue,"
                + " FlowDistingsher, WaitedSeconds, InitialSeats, FinalSeats, AdditionalLatency\n");
        for (LevelView level : levels) {
            for (LevelView.Line line : level.lines()) {
                int index = 0;
                for (LevelView.Stander stander : line.waiting()) {
                    row(
                            text,
                            level.name(),
                            stander.schema(),
                            line.index(),
                            index++,
                            stander.flow(),
                            stander.waitedNanos() / 1e9,
                            stander.seats(),
                            0,
                            "0s");
                }
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, Object... cells) {
        for (int i = 0; i < cells.length; i++) {
            text.append(i == 0 ? "" : ", ").append(cells[i]);
        }
        text.append('\n');
    }
}
