package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.RuleStrategy;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of `resource.k8s.io`: devices that pods may claim.
final class DeviceKinds {

    private static final String GROUP = "resource.k8s.io/";
    private static final String STORED = GROUP + "v1";

    private static final int MAX_CONDITIONS = 8;

    private DeviceKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<ResourceDefinition>();
        var defaults = new DeviceDefaults(context.time());
        for (String version : List.of("v1", "v1beta2", "v1beta1")) {
            Conversion conversion = version.equals("v1beta1") ? new DeviceConversion() : Conversion.SAME_SHAPE;
            all.add(KindBuilder.kind(context, GROUP + version, "DeviceClass", "deviceclasses")
                    .showsDeleted()
                    .clusterScoped()
                    .storedAs(STORED, conversion)
                    .checks(asStored(version, ClaimChecks::deviceClass))
                    .build());
            all.add(KindBuilder.kind(context, GROUP + version, "ResourceClaim", "resourceclaims")
                    .showsDeleted()
                    .storedAs(STORED, conversion)
                    .status()
                    .noGeneration()
                    .table(Columns.named()
                            .text("State", "Whether it has what it asked for.", DeviceKinds::state)
                            .age()
                            .table())
                    .defaults(object -> DeviceDefaults.claim(object.path("spec")))
                    .keepsInStatus(DeviceFields::forget)
                    .newChecks(asStored(version, ClaimChecks::claim))
                    .changeChecks((checks, object, old) -> checks.unchangedOf(
                            "ResourceClaimSpec", "spec", stored(version, object), stored(version, old), "spec"))
                    .statusChecks((checks, object, old) ->
                            ClaimStatusChecks.check(checks, stored(version, object), stored(version, old)))
                    .build());
            all.add(KindBuilder.kind(context, GROUP + version, "ResourceClaimTemplate", "resourceclaimtemplates")
                    .showsDeleted()
                    .storedAs(STORED, conversion)
                    .noGeneration()
                    .defaults(object -> DeviceDefaults.claim(Trees.at(object, "spec", "spec")))
                    .newChecks(asStored(version, ClaimChecks::template))
                    .changeChecks((checks, object, old) -> checks.unchangedOf(
                            "ResourceClaimTemplateSpec", "spec", stored(version, object), stored(version, old), "spec"))
                    .build());
            all.add(KindBuilder.kind(context, GROUP + version, "ResourceSlice", "resourceslices")
                    .showsDeleted()
                    .clusterScoped()
                    .storedAs(STORED, conversion)
                    .field("spec.nodeName")
                    .field("spec.driver")
                    .defaults(defaults::slice)
                    .initialStatus(DeviceFields::drop)
                    .keeps(DeviceFields::drop)
                    .newChecks(asStored(version, SliceChecks::check))
                    .changeChecks((checks, object, old) ->
                            SliceChecks.change(checks, stored(version, object), stored(version, old)))
                    .warnings(object -> SliceChecks.warnings(object.text("spec", "driver")))
                    .refusesFields(
                            "field label not supported for resource.k8s.io/" + version + ", Kind=ResourceSlice: %s")
                    .table(Columns.named()
                            .text("Node", "Where its devices are.", object -> object.text("spec", "nodeName"))
                            .text("Driver", "Whose they are.", object -> object.text("spec", "driver"))
                            .text("Pool", "To which pool they belong.", object -> object.text("spec", "pool", "name"))
                            .age()
                            .table())
                    .build());
        }
        for (String version : List.of("v1beta2", "v1alpha3")) {
            all.add(KindBuilder.kind(context, GROUP + version, "DeviceTaintRule", "devicetaintrules")
                    .showsDeleted()
                    .clusterScoped()
                    .storedAs(GROUP + "v1beta2", Conversion.SAME_SHAPE)
                    .status()
                    .table(taints())
                    .defaults(defaults::taintRule)
                    .keeps(defaults::retime)
                    .newChecks((checks, object) -> taintRule(checks, object, Optional.empty()))
                    .changeChecks((checks, object, old) -> taintRule(checks, object, Optional.of(old)))
                    .statusChecks((checks, object, old) -> {
                        JsonNode conditions = Trees.at(object, "status", "conditions");
                        Conditions.check(checks, "status.conditions", conditions);
                        checks.tooMany("status.conditions", conditions.size(), MAX_CONDITIONS);
                    })
                    .build());
        }
        all.add(KindBuilder.kind(context, GROUP + "v1alpha3", "ResourcePoolStatusRequest", "resourcepoolstatusrequests")
                .needsVersion()
                .showsDeleted()
                .clusterScoped()
                .status()
                .noGeneration()
                .defaults(object -> Trees.object(object, "spec").ifPresent(spec -> Defaults.put(spec, "limit", 100)))
                // The answer is no part of the object before it is given.
                .initialStatus(object -> object.remove("status"))
                .newChecks(PoolStatusChecks::request)
                .changeChecks(PoolStatusChecks::change)
                .statusNeverOwns("metadata", "spec")
                .statusChecks(PoolStatusChecks::status)
                .build());
        return all;
    }

    private static Table taints() {
        return Columns.named()
                .text("Key", "Of the taint.", rule -> rule.text("spec", "taint", "key"))
                .text("Value", "Of the taint.", rule -> rule.text("spec", "taint", "value"))
                .text("Effect", "What the taint does.", rule -> rule.text("spec", "taint", "effect"))
                .timed("TimeAdded", "How long it has been there.", (rule, now) -> {
                    String added = rule.text("spec", "taint", "timeAdded");
                    return added.isEmpty() ? "" : Ages.since(added, now);
                })
                .age()
                .table();
    }

    /// Rules are for the shape in which objects are stored, whatever the shape in which they come.
    private static RuleStrategy.Check asStored(String version, RuleStrategy.Check check) {
        return (checks, object) -> check.check(checks, stored(version, object));
    }

    private static ObjectNode stored(String version, ObjectNode object) {
        if (!version.equals("v1beta1")) {
            return object;
        }
        var copy = new Resource(object.deepCopy());
        new DeviceConversion().convert(copy, GroupVersionKind.of(STORED, copy.text("kind")));
        return copy.tree();
    }

    private static void taintRule(Checks checks, ObjectNode object, Optional<ObjectNode> old) {
        JsonNode selector = Trees.at(object, "spec", "deviceSelector");
        String path = "spec.deviceSelector";
        if (Trees.has(selector, "driver")) {
            checks.driverName(path + ".driver", Trees.text(selector, "driver"));
        }
        if (Trees.has(selector, "pool")) {
            DeviceNames.pool(checks, path + ".pool", Trees.text(selector, "pool"));
        }
        if (Trees.has(selector, "device")) {
            checks.name(path + ".device", Trees.text(selector, "device"), NameRule.DNS_LABEL);
        }
        DeviceNames.taint(
                checks,
                "spec.taint",
                Trees.at(object, "spec", "taint"),
                old.map(before -> Trees.at(before, "spec", "taint")));
    }

    private static String state(Resource claim) {
        var states = new ArrayList<String>();
        if (claim.isTerminating()) {
            states.add("deleted");
        }
        boolean isAllocated = Trees.has(claim.tree(), "status", "allocation");
        if (!isAllocated && !claim.isTerminating()) {
            states.add("pending");
        }
        if (isAllocated) {
            states.add("allocated");
            if (!claim.at("status", "reservedFor").isEmpty()) {
                states.add("reserved");
            }
        }
        return String.join(",", states);
    }
}
