package dev.longshore.kinds;

import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.kinds.admission.AllAdmissions;
import dev.longshore.kinds.admission.WaysOut;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Admission;
import dev.longshore.model.OutboundCall;
import java.util.List;

/// The rules that every write must pass. A new one is written in `admission` and listed there, in its place.
public final class Admissions {

    private Admissions() {}

    /// Those that hold unless somebody says otherwise, in their order; webhooks cannot be reached.
    public static List<Admission> all(KindsContext context) {
        return chosen(context, AdmissionChoice.DEFAULT, OutboundCall.NONE);
    }

    /// Looks whether rules are configured as they can be, before anything is started.
    ///
    /// @throws IllegalArgumentException if one is not
    public static void check(AdmissionChoice choice) {
        AllAdmissions.check(choice);
    }

    /// Those that `choice` has, in their order.
    ///
    /// @param ways to others
    /// @throws IllegalArgumentException if one is configured as it cannot be
    public static List<Admission> chosen(KindsContext context, AdmissionChoice choice, WaysOut ways) {
        return AllAdmissions.of(context, choice, ways);
    }

    /// As the other; webhooks are asked as nobody, and nobody else is.
    ///
    /// @param calls reaches webhooks
    public static List<Admission> chosen(KindsContext context, AdmissionChoice choice, OutboundCall calls) {
        return chosen(context, choice, WaysOut.of(calls));
    }
}
