package dev.longshore.server;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// Waits for SIGINT or SIGTERM, told apart: Ctrl-C means `down`, a terminated server leaves the applications
/// running. The JDK's signal class is reached by name, since the compiler refuses it.
final class Interrupts {

    /// What ended the wait.
    enum Cause {
        /// Ctrl-C.
        INTERRUPT,
        /// SIGTERM.
        TERMINATE,
        /// [#raise] was called.
        ASKED
    }

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final AtomicReference<Cause> cause = new AtomicReference<>();

    /// Takes over both signals of this process.
    void listen() {
        on("INT", Cause.INTERRUPT);
        on("TERM", Cause.TERMINATE);
    }

    /// Runs `task`, which returns soon, whenever SIGPWR comes: the machine is about to go down.
    void onPowerFailure(Runnable task) {
        handle("PWR", task);
    }

    /// Ends the wait from within.
    void raise(Cause why) {
        if (cause.compareAndSet(null, why)) {
            arrived.countDown();
        }
    }

    /// True once something has ended the wait.
    boolean isRaised() {
        return cause.get() != null;
    }

    /// Blocks until a signal comes or [#raise] is called.
    Cause await() throws InterruptedException {
        arrived.await();
        return cause.get();
    }

    private void on(String signal, Cause why) {
        handle(signal, () -> raise(why));
    }

    private static void handle(String signal, Runnable task) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlers.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> {
                        task.run();
                        return null;
                    });
            signals.getMethod("handle", signals, handlers)
                    .invoke(null, signals.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("this JDK lets no program handle signals", missing);
        }
    }
}
