package dev.longshore.scheduler.devices;

import dev.longshore.kinds.cel.DeviceExpression;
import dev.longshore.kinds.cel.Expression;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Chooses devices by expressions, each of which is checked once: the latest few hundred are kept. Thread-safe.
final class DeviceSelectors {

    private static final int KEPT = 200;

    private final Map<String, DeviceExpression> checked = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DeviceExpression> eldest) {
            return size() > KEPT;
        }
    };

    /// Whether all of `selectors` choose `device`.
    ///
    /// @param whose for people: the claim or the class
    boolean choose(List<DeviceSelector> selectors, OfferedDevice device, String whose) throws DeviceException {
        for (int i = 0; i < selectors.size(); i++) {
            String text = selectors.get(i).getCel() == null
                    ? ""
                    : selectors.get(i).getCel().getExpression();
            try {
                if (!expression(text).chooses(device.seen())) {
                    return false;
                }
            } catch (Expression.Malformed malformed) {
                throw new DeviceException(
                        "%s: selector #%d: CEL compile error: %s".formatted(whose, i, malformed.getMessage()));
            } catch (Expression.Failed | Expression.TooCostly failed) {
                throw new DeviceException(
                        "%s: selector #%d: CEL runtime error: %s".formatted(whose, i, failed.getMessage()));
            }
        }
        return true;
    }

    private synchronized DeviceExpression expression(String text) throws Expression.Malformed {
        DeviceExpression known = checked.get(text);
        if (known == null) {
            known = DeviceExpression.compile(text);
            checked.put(text, known);
        }
        return known;
    }
}
