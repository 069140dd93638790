package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// Which families of addresses a service has, and which addresses of them: `clusterIP`, `clusterIPs`, `ipFamilies`
/// and `ipFamilyPolicy` say the same thing in four ways, and must agree. A cluster has one family of service
/// addresses or two, of which the first is what services get that do not say.
record ServiceFamilies(Checks checks, ObjectNode spec) {

    private static final String IPS = "spec.clusterIPs";
    private static final String FAMILIES = "spec.ipFamilies";
    private static final String POLICY = "spec.ipFamilyPolicy";
    private static final String FIXED = "may not change once set";

    /// True for services that have no address by intention.
    static boolean isHeadless(JsonNode spec) {
        JsonNode addresses = spec.path("clusterIPs");
        return addresses.size() == 1 && addresses.get(0).asString("").equals("None");
    }

    private static boolean isElsewhere(JsonNode spec) {
        return Trees.text(spec, "type").equals("ExternalName");
    }

    /// True for services without an address whose endpoints somebody else writes, of whatever families.
    private static boolean isOpen(JsonNode spec) {
        return Trees.text(spec, "clusterIP").equals("None")
                && spec.path("selector").isEmpty();
    }

    /// Fills in what a client left to the cluster, which has `known` families.
    static void fill(ObjectNode spec, List<String> known, JsonNode old) {
        if (isElsewhere(spec)) {
            return;
        }
        if (!Trees.has(spec, "ipFamilyPolicy")) {
            String before = Trees.text(old, "ipFamilyPolicy");
            String usual = isOpen(spec) ? "RequireDualStack" : "SingleStack";
            spec.put("ipFamilyPolicy", before.isEmpty() ? usual : before);
        }
        if (isPreferenceKept(spec, old)) {
            return;
        }
        boolean isSingle = isSingle(spec);
        if (isSingle && old.isObject()) {
            first(spec, old, "clusterIPs");
            first(spec, old, "ipFamilies");
        }
        boolean isReduced = isReduced(spec, old, "ipFamilies");
        boolean isPossible = isSingle && spec.path("clusterIPs").size() > 1 || inferred(spec, known);
        if (spec.path("ipFamilies").isEmpty() && isPossible) {
            spec.putArray("ipFamilies").add(known.getFirst());
        }
        boolean wantsMore = !isSingle && !isReduced && (isOpen(spec) || known.size() > 1);
        if (wantsMore && spec.path("ipFamilies").size() == 1) {
            String one = spec.path("ipFamilies").get(0).asString("");
            spec.withArray("ipFamilies").add(one.equals("IPv4") ? "IPv6" : "IPv4");
        }
    }

    /// A service that prefers two families, and has got what there was, is left alone when the cluster gets more.
    private static boolean isPreferenceKept(ObjectNode spec, JsonNode old) {
        return old.isObject()
                && Trees.same(spec, old, "type")
                && List.of(spec, old).stream()
                        .allMatch(one -> Trees.text(one, "ipFamilyPolicy").equals("PreferDualStack"))
                && Trees.same(spec, old, "clusterIPs")
                && Trees.same(spec, old, "ipFamilies");
    }

    private static boolean isReduced(JsonNode spec, JsonNode old, String field) {
        return !spec.path(field).isEmpty()
                && spec.path(field).size() < old.path(field).size();
    }

    private static boolean isSingle(JsonNode spec) {
        return Trees.text(spec, "ipFamilyPolicy").equals("SingleStack");
    }

    /// Adds the families of addresses for which none is named; false if one is not among those that are `known`.
    private static boolean inferred(ObjectNode spec, List<String> known) {
        boolean isPossible = true;
        List<String> addresses = Trees.strings(spec, "clusterIPs");
        for (int i = 0; i < addresses.size() && i < 2 && !addresses.get(i).equals("None"); i++) {
            if (i < spec.path("ipFamilies").size()) {
                continue;
            }
            if (known.contains(of(addresses.get(i)))) {
                spec.withArray("ipFamilies").add(of(addresses.get(i)));
            } else {
                isPossible = false;
            }
        }
        return isPossible;
    }

    /// To want one family only is to give the second up.
    private static void first(ObjectNode spec, JsonNode old, String field) {
        if (spec.get(field) instanceof ArrayNode list && list.size() > 1 && Trees.same(spec, old, field)) {
            JsonNode kept = list.get(0);
            Defaults.array(spec, field).removeAll().add(kept);
        }
    }

    static String of(String address) {
        return address.contains(":") ? "IPv6" : "IPv4";
    }

    /// Checks each field, and that they agree.
    void addresses() {
        if (isElsewhere(spec)) {
            return;
        }
        String single = Trees.text(spec, "clusterIP");
        List<String> all = Trees.strings(spec, "clusterIPs");
        if (single.isEmpty() && !all.isEmpty()) {
            checks.invalid(IPS, shown("clusterIPs"), "must be empty when `clusterIP` is not specified");
        } else if (!single.isEmpty() && all.isEmpty()) {
            checks.required(IPS);
        } else if (!single.isEmpty() && !all.getFirst().equals(single)) {
            checks.invalid(IPS, shown("clusterIPs"), "first value must match `clusterIP`");
        }
        families();
        checks.anyOf(POLICY, Trees.text(spec, "ipFamilyPolicy"), "PreferDualStack", "RequireDualStack", "SingleStack");
        int before = checks.count();
        each(all);
        boolean isReadable = checks.count() == before;
        if (all.size() > 2) {
            checks.invalid(IPS, shown("clusterIPs"), "may only hold up to 2 values");
        }
        if (!isReadable) {
            return;
        }
        if (all.size() > 1 && !IpChecks.isDualStack(all)) {
            checks.invalid(IPS, shown("clusterIPs"), "may specify no more than one IP for each IP family");
        }
        if (!isHeadless(spec)) {
            match(all, Trees.strings(spec, "ipFamilies"));
        }
    }

    private JsonNode shown(String field) {
        return Trees.has(spec, field) ? spec.path(field) : NullNode.getInstance();
    }

    private void families() {
        var seen = new HashSet<String>();
        List<String> families = Trees.strings(spec, "ipFamilies");
        for (int i = 0; i < families.size(); i++) {
            String at = FAMILIES + "[" + i + "]";
            if (!families.get(i).equals("IPv4") && !families.get(i).equals("IPv6")) {
                checks.unsupported(at, families.get(i), "IPv4", "IPv6");
            }
            if (!seen.add(families.get(i))) {
                checks.duplicate(at, families.get(i));
            }
        }
    }

    private void each(List<String> all) {
        for (int i = 0; i < all.size(); i++) {
            if (i == 0 && all.getFirst().equals("None")) {
                if (all.size() > 1) {
                    checks.invalid(IPS, shown("clusterIPs"), "'None' must be the first and only value");
                }
            } else {
                IpChecks.address(checks, IPS + "[" + i + "]", all.get(i));
            }
        }
    }

    private void match(List<String> all, List<String> families) {
        for (int i = 0; i < all.size() && i < families.size(); i++) {
            if (!of(all.get(i)).equals(families.get(i))) {
                checks.invalid(
                        IPS + "[" + i + "]",
                        all.get(i),
                        "expected an " + families.get(i) + " value as indicated by `ipFamilies[" + i + "]`");
            }
        }
    }

    /// Checks that this cluster, which has `known` families, can give what is wanted instead of `old`.
    void possible(List<String> known, JsonNode old) {
        if (isElsewhere(spec) || isPreferenceKept(spec, old)) {
            return;
        }
        List<String> all = Trees.strings(spec, "clusterIPs");
        List<String> families = Trees.strings(spec, "ipFamilies");
        String policy = Trees.text(spec, "ipFamilyPolicy");
        int before = checks.count();
        if (isSingle(spec)) {
            String detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";
            if (all.size() == 2) {
                checks.invalid(POLICY, policy, detail + "cluster IPs are specified");
            }
            if (families.size() == 2) {
                checks.invalid(POLICY, policy, detail + "IP families are specified");
            }
        } else {
            released("clusterIPs", old, "must be 'SingleStack' to release the secondary cluster IP");
            released("ipFamilies", old, "must be 'SingleStack' to release the secondary IP family");
        }
        for (int i = families.size(); i < all.size() && !all.get(i).equals("None"); i++) {
            if (!known.contains(of(all.get(i)))) {
                checks.invalid(
                        IPS + "[" + i + "]",
                        shown("clusterIPs"),
                        of(all.get(i)) + " is not configured on this cluster");
            }
        }
        if (isOpen(spec) || checks.count() > before) {
            return;
        }
        if (policy.equals("RequireDualStack") && known.size() < 2) {
            checks.invalid(POLICY, policy, "this cluster is not configured for dual-stack services");
        }
        for (int i = 0; i < families.size(); i++) {
            if (!known.contains(families.get(i))) {
                checks.invalid(FAMILIES + "[" + i + "]", families.get(i), "not configured on this cluster");
            }
        }
    }

    private void released(String field, JsonNode old, String detail) {
        if (isReduced(spec, old, field)) {
            checks.invalid(POLICY, Trees.text(spec, "ipFamilyPolicy"), detail);
        }
    }

    /// Checks a change: what was given stays, unless the service gives up, or gets, a second address.
    void change(JsonNode old) {
        if (isElsewhere(spec) || isElsewhere(old)) {
            return;
        }
        boolean was = isHeadless(old);
        boolean is = isHeadless(spec);
        if (!was || !is) {
            addressesChanged(Trees.strings(old, "clusterIPs"), Trees.strings(spec, "clusterIPs"));
        }
        if (!was && !is) {
            familiesChanged(Trees.strings(old, "ipFamilies"), Trees.strings(spec, "ipFamilies"));
        }
    }

    private void addressesChanged(List<String> before, List<String> now) {
        if (before.size() == now.size()) {
            for (int i = 0; i < now.size(); i++) {
                if (!before.get(i).equals(now.get(i))) {
                    checks.invalid(IPS + "[" + i + "]", shown("clusterIPs"), FIXED);
                }
            }
            return;
        }
        if (now.isEmpty()) {
            checks.invalid(IPS + "[0]", shown("clusterIPs"), "primary clusterIP can not be unset");
        } else if (!before.isEmpty() && !before.getFirst().equals(now.getFirst())) {
            checks.invalid(IPS + "[0]", shown("clusterIPs"), FIXED);
        }
        released(before, now, "secondary clusterIP");
    }

    /// The original shows the addresses where the first of fewer or more families is another.
    private void familiesChanged(List<String> before, List<String> now) {
        if (before.size() == now.size()) {
            for (int i = 0; i < now.size(); i++) {
                if (!before.get(i).equals(now.get(i))) {
                    checks.invalid(FAMILIES + "[0]", shown("ipFamilies"), FIXED);
                }
            }
            return;
        }
        if (before.size() > now.size() && spec.path("clusterIPs").isEmpty()) {
            checks.invalid(FAMILIES + "[0]", shown("ipFamilies"), "primary ipFamily can not be unset");
        }
        if (!now.isEmpty() && !before.isEmpty() && !before.getFirst().equals(now.getFirst())) {
            checks.invalid(FAMILIES + "[0]", shown("clusterIPs"), FIXED);
        }
        released(before, now, "secondary ipFamily");
    }

    private void released(List<String> before, List<String> now, String what) {
        if (before.size() > now.size() && now.size() == 1 && !isSingle(spec)) {
            checks.invalid(
                    POLICY,
                    Trees.text(spec, "ipFamilyPolicy"),
                    "must be set to 'SingleStack' when releasing the " + what);
        }
    }
}
