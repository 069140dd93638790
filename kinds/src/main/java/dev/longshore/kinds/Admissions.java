package dev.longshore.kinds;

import dev.longshore.kinds.admission.AllAdmissions;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Admission;
import java.util.List;

/// The rules that every write must pass. A new one is written in `admission` and listed there, in its place.
public final class Admissions {

    private Admissions() {}

    /// All of them, in their order.
    public static List<Admission> all(KindsContext context) {
        return AllAdmissions.of(context);
    }
}
