package dev.longshore.builder.progress;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Renders a build as Docker's classic builder does: one stage after the other, although they run side by side.
/// What the first stage under way does is shown at once; what later ones do waits for its turn, at most
/// [#LONGEST_WAIT] characters a stage, of which the oldest go. Thread-safe.
public final class ClassicOutput implements BuildListener {

    static final int LONGEST_WAIT = 1 << 20;

    private final Consumer<String> out;
    private final SortedMap<Integer, Waiting> waiting = new TreeMap<>();
    private final TreeSet<Integer> open = new TreeSet<>();

    /// Writes to `out`, which is called by one thread at a time.
    public ClassicOutput(Consumer<String> out) {
        this.out = out;
    }

    @Override
    public synchronized void on(BuildEvent event) {
        switch (event) {
            case BuildEvent.Planned planned ->
                planned.steps().stream()
                        .map(StepName::stage)
                        .filter(stage -> stage >= 0)
                        .forEach(open::add);
            case BuildEvent.StepStarted(StepName step, var at) ->
                say(step.stage(), "Step " + step.number() + "/" + step.total() + " : " + step.text() + "\n");
            case BuildEvent.StepCached(StepName step) -> say(step.stage(), " ---> Using cache\n");
            case BuildEvent.ContainerStarted(StepName step, String name) ->
                say(step.stage(), " ---> Running in " + name + "\n");
            case BuildEvent.Log(StepName step, String text) -> say(step.stage(), text);
            case BuildEvent.ContainerRemoved(StepName step, String name) ->
                say(step.stage(), " ---> Removed intermediate container " + name + "\n");
            case BuildEvent.StepDone(StepName step, var took, String result) -> {
                if (!result.isEmpty()) {
                    say(step.stage(), " ---> " + result + "\n");
                }
            }
            case BuildEvent.StepFailed(StepName step, var took, var why) -> give(step.stage());
            case BuildEvent.StageDone(int stage) -> done(stage);
            case BuildEvent.Message(String text) -> out.accept(text);
        }
    }

    private void say(int stage, String text) {
        if (stage < 0 || open.isEmpty() || open.first() >= stage) {
            give(stage);
            out.accept(text);
        } else {
            waiting.computeIfAbsent(stage, fresh -> new Waiting()).add(text);
        }
    }

    private void done(int stage) {
        open.remove(stage);
        while (!waiting.isEmpty() && (open.isEmpty() || waiting.firstKey() <= open.first())) {
            give(waiting.firstKey());
        }
    }

    private void give(int stage) {
        Waiting text = waiting.remove(stage);
        if (text != null) {
            out.accept(text.all());
        }
    }

    private static final class Waiting {
        private final StringBuilder text = new StringBuilder();
        private boolean isCut;

        void add(String more) {
            text.append(more);
            if (text.length() > LONGEST_WAIT) {
                text.delete(0, text.length() - LONGEST_WAIT);
                isCut = true;
            }
        }

        String all() {
            return isCut ? "[output clipped]\n" + text : text.toString();
        }
    }
}
