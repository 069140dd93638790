package dev.longshore.apiserver;

import dev.longshore.model.Admission;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.AdmissionSetting;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Leads a write through the rules of admission; what comes from within the machine passes by them.
///
/// @param endings what rules do once the write is over
record Admittance(Machine machine, Write write, List<AdmissionSetting.Ending> endings) {

    private static final String OWNERS = "managedFields";

    Admittance(Machine machine, Write write) {
        this(machine, write, new ArrayList<>());
    }

    /// The write is over.
    void end(boolean isStored) {
        endings.forEach(ending -> ending.ended(isStored));
        endings.clear();
    }

    /// What is written.
    ///
    /// @param object what shall be stored, or what a connection shall be; empty for deletions
    /// @param old what is stored
    record Subject(
            Operation operation, String namespace, String name, Optional<Resource> object, Optional<Resource> old) {}

    /// Lets the rules change the object, in place: once, and once more if one of them asks for it.
    ///
    /// @return whether it may have got fields that its kind does not know, which [#drop] takes out
    boolean change(Subject subject) {
        if (write.isTrusted() || machine.admissions.isEmpty()) {
            return false;
        }
        Subject seen = seen(subject);
        Optional<JsonNode> owners = seen.object.flatMap(object -> object.find("metadata", OWNERS));
        var setting = new Surroundings(machine, write, subject.operation, endings);
        Admission.Attempt attempt = attempt(seen, setting);
        do {
            machine.admissions.mutate(attempt, machine.registry);
        } while (setting.beginSecondRound());
        seen.object.ifPresent(object -> keepOwners(object, owners));
        write.terms()
                .scales()
                .ifPresent(scales -> scales.apply(subject.object.orElseThrow(), seen.object.orElseThrow()));
        return setting.hasUnknown();
    }

    /// Takes out of `object` what its kind does not know, now that all rules have seen it.
    void drop(Resource object) {
        write.definition().strategy().cleaning().ifPresent(cleaning -> cleaning.clean(object.tree()));
    }

    /// Lets the rules refuse what comes out.
    void check(Subject subject) {
        if (write.isTrusted() || machine.admissions.isEmpty()) {
            return;
        }
        Admission.Attempt attempt =
                attempt(seen(subject), new Surroundings(machine, write, subject.operation, endings));
        machine.admissions.validate(attempt, machine.registry);
    }

    /// Who is only asked for a number is shown nothing else.
    private Subject seen(Subject subject) {
        return write.terms()
                .scales()
                .map(scales -> new Subject(
                        subject.operation,
                        subject.namespace,
                        subject.name,
                        subject.object.map(scales::of),
                        subject.old.map(scales::of)))
                .orElse(subject);
    }

    private Admission.Attempt attempt(Subject subject, Surroundings setting) {
        return new Admission.Attempt(
                write.call(),
                subject.operation,
                write.definition().resource(),
                write.kind(),
                write.subresource(),
                subject.namespace,
                subject.name,
                subject.object,
                subject.old,
                setting);
    }

    /// Whoever leaves nonsense about owners changes nothing about them.
    private void keepOwners(Resource object, Optional<JsonNode> before) {
        JsonNode now = object.at("metadata", OWNERS);
        if (before.filter(was -> was == now).isPresent() || now.isMissingNode() && before.isEmpty()) {
            return;
        }
        ManagedFields.mistake(object).ifPresent(why -> {
            before.ifPresentOrElse(
                    was -> object.metadata().set(OWNERS, was),
                    () -> object.metadata().remove(OWNERS));
            write.call()
                    .warnings()
                    .add(".metadata.managedFields was in an invalid state after admission; this could be caused by an"
                            + " outdated mutating admission controller; please fix your requests: " + why);
        });
    }
}
