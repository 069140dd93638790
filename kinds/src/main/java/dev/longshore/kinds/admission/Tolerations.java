package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Which tolerations tolerate all that others do.
final class Tolerations {

    private Tolerations() {}

    /// All of `first` and `second`, without those that others make superfluous; of equal ones the first.
    static List<ObjectNode> merged(List<ObjectNode> first, List<ObjectNode> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        var merged = new ArrayList<ObjectNode>();
        for (int i = 0; i < all.size(); i++) {
            ObjectNode one = all.get(i);
            boolean isCovered = merged.stream().anyMatch(other -> covers(other, one))
                    || all.subList(i + 1, all.size()).stream()
                            .anyMatch(other -> !isSame(other, one) && covers(other, one));
            if (!isCovered) {
                merged.add(one);
            }
        }
        return merged;
    }

    /// True if each of `tolerations` is covered by one of `allowed`.
    static boolean areWithin(List<ObjectNode> tolerations, List<ObjectNode> allowed) {
        return tolerations.stream().allMatch(one -> allowed.stream().anyMatch(other -> covers(other, one)));
    }

    private static boolean isSame(ObjectNode one, ObjectNode other) {
        return Trees.pruned(one).equals(Trees.pruned(other));
    }

    /// True if `wide` tolerates whatever `narrow` does.
    private static boolean covers(ObjectNode wide, ObjectNode narrow) {
        if (isSame(wide, narrow)) {
            return true;
        }
        String key = Trees.text(wide, "key");
        String operator = Trees.text(wide, "operator");
        boolean isForAllKeys = key.isEmpty() && operator.equals("Exists");
        boolean isOtherKey = !isForAllKeys && !key.equals(Trees.text(narrow, "key"));
        String effect = Trees.text(wide, "effect");
        boolean isOtherEffect = !effect.isEmpty() && !effect.equals(Trees.text(narrow, "effect"));
        if (isOtherKey || isOtherEffect || effect.equals("NoExecute") && isShorter(wide, narrow)) {
            return false;
        }
        return switch (operator) {
            // As in the original: what says nothing is `Equal` here, and not in the other.
            case "Equal", "" ->
                Trees.text(narrow, "operator").equals("Equal")
                        && Trees.text(narrow, "value").equals(Trees.text(wide, "value"));
            case "Exists" -> true;
            default -> false;
        };
    }

    private static boolean isShorter(ObjectNode wide, ObjectNode narrow) {
        long seconds = Trees.number(wide, Long.MAX_VALUE, "tolerationSeconds");
        return Trees.has(wide, "tolerationSeconds")
                && (!Trees.has(narrow, "tolerationSeconds")
                        || Trees.number(narrow, Long.MAX_VALUE, "tolerationSeconds") > seconds);
    }
}
