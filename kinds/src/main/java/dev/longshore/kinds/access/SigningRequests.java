package dev.longshore.kinds.access;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import dev.longshore.model.Times;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rules of requests for certificates: who asks is not for them to say, what they ask never changes, a verdict
/// comes by `approval`, the certificate by `status`.
record SigningRequests(Time time, Path path) implements Strategy {

    /// By which path the object is written.
    enum Path {
        SPEC,
        APPROVAL
    }

    @Override
    public NameRule nameRule() {
        return NameRule.ANY;
    }

    @Override
    public Reach reach() {
        // What is asked for is settled when it is made: nobody can own it afterwards.
        return Reach.allBut("spec", path == Path.APPROVAL ? "status.certificate" : "status");
    }

    @Override
    public Reach statusReach() {
        return Reach.allBut("spec", "status.conditions");
    }

    @Override
    public boolean isNewGeneration(Resource object, Resource old) {
        return false;
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        object.tree().putObject("status");
        ObjectNode spec = object.object("spec");
        spec.remove(List.of("username", "uid", "groups", "extra"));
        spec.put("username", call.user().name());
        if (!call.user().uid().isEmpty()) {
            spec.put("uid", call.user().uid());
        }
        call.user().groups().forEach(spec.putArray("groups")::add);
        if (!call.user().extra().isEmpty()) {
            ObjectNode extra = spec.putObject("extra");
            call.user().extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        }
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        JsonNode conditions = object.at("status", "conditions");
        Strategy.super.prepareForUpdate(call, object, old);
        old.find("spec").ifPresent(spec -> object.tree().set("spec", spec));
        if (path == Path.APPROVAL) {
            if (conditions.isEmpty()) {
                object.object("status").remove("conditions");
            } else {
                object.object("status").set("conditions", conditions);
            }
            stamp(object, old);
        }
    }

    @Override
    public void prepareForStatusUpdate(Call call, Resource object, Resource old) {
        Strategy.super.prepareForStatusUpdate(call, object, old);
        SigningRequestChecks.VERDICTS.forEach(verdict -> keep(object, old, verdict));
        stamp(object, old);
    }

    /// Verdicts stay as they were said, unless there are more or fewer of them, which is refused later.
    private static void keep(Resource object, Resource old, String verdict) {
        List<ObjectNode> now = verdicts(object, verdict);
        List<ObjectNode> before = verdicts(old, verdict);
        if (now.size() == before.size()) {
            for (int i = 0; i < now.size(); i++) {
                now.get(i).removeAll();
                now.get(i).setAll(before.get(i).deepCopy());
            }
        }
    }

    private static List<ObjectNode> verdicts(Resource object, String verdict) {
        return Trees.list(object.tree(), "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals(verdict))
                .toList();
    }

    /// Sets the times of conditions that come without.
    private void stamp(Resource object, Resource old) {
        String now = Times.print(time.now());
        for (ObjectNode condition : Trees.list(object.tree(), "status", "conditions")) {
            if (!Trees.has(condition, "lastUpdateTime")) {
                condition.put("lastUpdateTime", now);
            }
            if (!Trees.has(condition, "lastTransitionTime")) {
                condition.put(
                        "lastTransitionTime",
                        Trees.list(old.tree(), "status", "conditions").stream()
                                .filter(before -> Trees.same(before, condition, "type")
                                        && Trees.same(before, condition, "status")
                                        && Trees.has(before, "lastTransitionTime"))
                                .map(before -> Trees.text(before, "lastTransitionTime"))
                                .findFirst()
                                .orElse(now));
            }
        }
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        var checks = new Checks();
        MetadataRules.checkFinalizers(object).forEach(checks::add);
        SigningRequestChecks.check(checks, object.tree());
        SigningRequestChecks.certificate(checks, object.tree());
        return checks.causes();
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        return change(object, old, path == Path.APPROVAL, false);
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        return change(object, old, false, true);
    }

    private static List<Cause> change(Resource object, Resource old, boolean maySayVerdict, boolean mayIssue) {
        var checks = new Checks();
        MetadataRules.checkFinalizers(object).forEach(checks::add);
        SigningRequestChecks.check(checks, object.tree());
        SigningRequestChecks.change(checks, object.tree(), old.tree(), maySayVerdict, mayIssue);
        return checks.causes();
    }
}
