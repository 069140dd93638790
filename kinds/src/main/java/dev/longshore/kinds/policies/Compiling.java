package dev.longshore.kinds.policies;

import java.util.function.Supplier;

/// What is compiled when it is first asked for, and kept; two who ask at once may both compile it. Thread-safe.
final class Compiling<T> {

    private final Supplier<T> compiler;
    private volatile T compiled;

    Compiling(Supplier<T> compiler) {
        this.compiler = compiler;
    }

    T get() {
        T known = compiled;
        if (known == null) {
            known = compiler.get();
            compiled = known;
        }
        return known;
    }
}
