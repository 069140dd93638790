package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.MissingNode;

/// The type of `device`, with the sizes that the rules of ResourceSlices allow.
final class DeviceType {

    private static final int LONGEST_DRIVER = 63;
    private static final int LONGEST_TEXT = 64;
    private static final int MOST_ATTRIBUTES = 32;
    private static final String NAME = "kubernetes.DRADevice";

    static final DeclaredType DEVICE = device();
    static final CelTypeProvider PROVIDER = new Provider();

    private DeviceType() {}

    private static DeclaredType device() {
        DeclaredType driver = scalar(SimpleType.STRING, LONGEST_DRIVER);
        DeclaredType attributes = byText(byText(scalar(SimpleType.ANY, LONGEST_TEXT)));
        DeclaredType capacity = byText(byText(scalar(CelFunction.QUANTITY, 1)));
        DeclaredType shared = scalar(SimpleType.BOOL, 1);
        Map<String, DeclaredType> fields = Map.of(
                "driver", driver,
                "attributes", attributes,
                "capacity", capacity,
                "allowMultipleAllocations", shared);
        CelType type = AdmissionTypes.struct(
                NAME,
                Map.of(
                        "driver", driver.type(),
                        "attributes", attributes.type(),
                        "capacity", capacity.type(),
                        "allowMultipleAllocations", shared.type()));
        return new DeclaredType(type, fields, Optional.empty(), fields.size(), 1, MissingNode.getInstance());
    }

    private static DeclaredType scalar(CelType type, long most) {
        return new DeclaredType(type, Map.of(), Optional.empty(), most, 1, MissingNode.getInstance());
    }

    private static DeclaredType byText(DeclaredType element) {
        return new DeclaredType(
                MapType.create(SimpleType.STRING, element.type()),
                Map.of(),
                Optional.of(element),
                MOST_ATTRIBUTES,
                1,
                MissingNode.getInstance());
    }

    private static final class Provider implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.of(DEVICE.type());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return name.equals(NAME) ? Optional.of(DEVICE.type()) : Optional.empty();
        }
    }
}
