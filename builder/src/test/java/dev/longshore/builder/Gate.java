package dev.longshore.builder;

import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Steps that a test holds at a gate: `meet` waits for another one, `wait` for the test, `forever` for nobody,
/// `fail` fails; everything else just leaves a file called after it.
final class Gate implements OneShot {

    final List<String> ran = new CopyOnWriteArrayList<>();
    final CyclicBarrier meeting = new CyclicBarrier(2);
    final CountDownLatch opened = new CountDownLatch(1);
    final CountDownLatch arrived = new CountDownLatch(1);
    final AtomicInteger interrupted = new AtomicInteger();

    @Override
    public int run(Step step, OutputStream stdout, OutputStream stderr) throws InterruptedException {
        String command = step.arguments().getLast();
        ran.add(command);
        try {
            stdout.write((command + " begins\n").getBytes(StandardCharsets.UTF_8));
            switch (command.split(" ")[0]) {
                case "meet" -> meeting.await(20, TimeUnit.SECONDS);
                case "wait" -> {
                    arrived.countDown();
                    opened.await();
                }
                case "forever" -> {
                    arrived.countDown();
                    new CountDownLatch(1).await();
                }
                case "fail" -> {
                    arrived.await();
                    return 3;
                }
                default -> Files.writeString(step.upperDirectory().resolve(command.replace(' ', '-')), command);
            }
            return 0;
        } catch (InterruptedException cancelled) {
            interrupted.incrementAndGet();
            throw cancelled;
        } catch (java.util.concurrent.BrokenBarrierException | java.util.concurrent.TimeoutException nobody) {
            return 99;
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }
}
