package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/// Whom the processor worked for, by samples of Java code (every 10 ms of each running thread). A sample counts
/// for the module whose frame is the outermost but for `client`: the one that wanted it. What works for nobody of
/// ours (pool threads of libraries) counts as `other`; the compiler and the collector are not Java code and not in
/// it.
final class Profile implements AutoCloseable {

    private static final String OURS = "dev.longshore.";
    private static final int LINES = 25;
    private static final int MOST_FRAMES = 120;

    private final Recording recording = new Recording();

    /// What is measured.
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    /// Does `work`, and prints a profile of it if that `isWanted`.
    static void of(boolean isWanted, Work work) throws IOException, InterruptedException {
        if (!isWanted) {
            work.run();
            return;
        }
        try (var profile = new Profile()) {
            work.run();
            profile.end().print();
        }
    }

    /// Begins to sample.
    Profile() {
        recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
        recording.start();
    }

    /// Ends, and says what was seen.
    Seen end() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("longshore-bench", ".jfr");
        try {
            recording.dump(file);
            return Seen.of(RecordingFile.readAllEvents(file));
        } finally {
            String keep = System.getProperty("longshore.bench.keep", "");
            if (keep.isEmpty()) {
                Files.delete(file);
            } else {
                Files.move(file, Path.of(keep), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Override
    public void close() {
        recording.close();
    }

    /// Samples by module, by thread, and by method with those it calls.
    record Seen(int samples, Map<String, Integer> modules, Map<String, Integer> threads, Map<String, Integer> methods) {

        private static final Pattern CONTROLLERS =
                Pattern.compile("(request|client)-system:(serviceaccount:kube-system:|kube-controller-manager).*"
                        + "|.*-controller-#|generic-garbage-collector-#|events-.*|writes-#");
        private static final Pattern SCHEDULER = Pattern.compile(
                "(request|client)-system:kube-scheduler|scheduler.*|bindings-#|events-default-scheduler");
        private static final Pattern KUBELETS =
                Pattern.compile("(request|client)-system:node:.*|kubelet.*|pod|probe.*");

        /// Whom the samples were for, by the names of threads, each with its part of all.
        Map<String, Double> parties() {
            var parties = new TreeMap<String, Double>();
            threads.forEach((name, count) -> parties.merge(party(name), (double) count / samples, Double::sum));
            return parties;
        }

        private static String party(String thread) {
            if (SCHEDULER.matcher(thread).matches()) {
                return "scheduler";
            }
            if (CONTROLLERS.matcher(thread).matches()) {
                return "controllers";
            }
            return KUBELETS.matcher(thread).matches() ? "kubelets" : "everything else";
        }

        static Seen of(List<RecordedEvent> events) {
            var modules = new HashMap<String, Integer>();
            var threads = new HashMap<String, Integer>();
            var methods = new HashMap<String, Integer>();
            int samples = 0;
            for (RecordedEvent event : events) {
                RecordedStackTrace trace = event.getStackTrace();
                if (!event.getEventType().getName().equals("jdk.ExecutionSample") || trace == null) {
                    continue;
                }
                samples++;
                modules.merge(module(trace).orElse("other"), 1, Integer::sum);
                threads.merge(thread(event), 1, Integer::sum);
                trace.getFrames().stream()
                        .limit(MOST_FRAMES)
                        .map(Profile::method)
                        .distinct()
                        .forEach(method -> methods.merge(method, 1, Integer::sum));
            }
            return new Seen(samples, modules, threads, methods);
        }

        void print() {
            System.out.printf("%d samples, by whom they worked for:%n", samples);
            print(modules, LINES);
            System.out.println("by thread, numbers left out:");
            print(threads, LINES);
            System.out.println("by method, with what it calls:");
            print(methods, 2 * LINES);
        }

        private void print(Map<String, Integer> counts, int lines) {
            counts.entrySet().stream()
                    .sorted(Comparator.comparing(entry -> -entry.getValue()))
                    .limit(lines)
                    .forEach(entry ->
                            System.out.printf("  %5.1f %%  %s%n", 100.0 * entry.getValue() / samples, entry.getKey()));
        }
    }

    private static Optional<String> module(RecordedStackTrace trace) {
        return trace.getFrames().reversed().stream()
                .map(frame -> frame.getMethod().getType().getName())
                .filter(type -> type.startsWith(OURS) && !type.startsWith(OURS + "client."))
                .map(type -> type.substring(OURS.length(), type.indexOf('.', OURS.length())))
                .findFirst();
    }

    /// Its name without numbers and without what it works on: threads of a kind count together.
    private static String thread(RecordedEvent event) {
        RecordedThread thread = event.getThread("sampledThread");
        String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
        return name.replaceAll("[0-9]+", "#").replaceAll("^(pod|watch) .*", "$1");
    }

    private static String method(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }
}
