package dev.longshore.kubelet.measures;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.Predicate;

/// Numbers of one name, told apart by the values of their labels. Thread-safe.
public sealed interface Family permits Counter, Histogram {

    /// Tells all of them.
    void write(Page page);

    /// Leaves out from now on those whose labels' values, in their order, are told of.
    void forget(Predicate<List<String>> values);

    /// Where numbers are written to.
    interface Page {
        /// Begins the numbers of one name.
        void family(String name, String type, String help);

        /// One number.
        ///
        /// @param labels name, value, name, value …
        void sample(String name, BigDecimal value, String... labels);
    }
}
