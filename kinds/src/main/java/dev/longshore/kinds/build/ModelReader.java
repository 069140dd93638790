package dev.longshore.kinds.build;

import dev.longshore.base.Json;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Reads one class of the model library as a schema. Only reflection sees the library, so that nothing of it is
/// needed to run the program.
final class ModelReader {

    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private static final String RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension";

    private final Map<Class<?>, String> names = new HashMap<>();
    private final Map<String, String[]> mergeFacts = new HashMap<>();
    private final Map<String, String> typeFacts = new HashMap<>();

    ModelReader(Map<String, Class<?>> classes, List<String[]> mergeRows, List<String[]> typeRows) {
        classes.forEach((name, model) -> names.put(model, name));
        mergeRows.forEach(row -> mergeFacts.put(row[0] + " " + row[1], row));
        typeRows.forEach(row -> typeFacts.put(row[0] + " " + row[1], row[2]));
    }

    ObjectNode read(String name, Class<?> model) {
        ObjectNode schema = Json.object();
        describe(schema, "description", annotation(model, "io.swagger.annotations.ApiModel", "description"));
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        var fields = new TreeMap<String, ObjectNode>();
        for (Field field : model.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            String wire = annotation(field, "com.google.gson.annotations.SerializedName", "value");
            fields.put(wire, property(name, wire, field));
        }
        fields.forEach(properties::set);
        Set<String> required = required(model);
        if (!required.isEmpty()) {
            required.forEach(schema.putArray("required")::add);
        }
        mergeFacts(schema, name, ".");
        return schema;
    }

    private ObjectNode property(String definition, String wire, Field field) {
        ObjectNode schema = Json.object();
        String description = "";
        String accessor = "get" + field.getName().replaceFirst("^_", "");
        String bare = "is" + field.getName().replaceFirst("^_", "");
        for (var method : field.getDeclaringClass().getMethods()) {
            String called = method.getName().replace("_", "");
            if (method.getParameterCount() == 0
                    && (called.equalsIgnoreCase(accessor) || called.equalsIgnoreCase(bare))) {
                description = annotation(method, "io.swagger.annotations.ApiModelProperty", "value");
            }
        }
        describe(schema, "description", description);
        String fact = typeFacts.get(definition + " " + wire);
        if (fact != null) {
            fromFact(schema, fact);
        } else {
            fromType(schema, field.getGenericType(), definition + "." + wire);
        }
        mergeFacts(schema, definition, wire);
        return schema;
    }

    /// `[]X`, `{}X` or X, where X is the name of a definition.
    private static void fromFact(ObjectNode schema, String fact) {
        if (fact.startsWith("[]")) {
            schema.put("type", "array");
            fromFact(schema.putObject("items"), fact.substring(2));
        } else if (fact.startsWith("{}")) {
            schema.put("type", "object");
            fromFact(schema.putObject("additionalProperties"), fact.substring(2));
        } else {
            schema.put("$ref", fact);
        }
    }

    private void fromType(ObjectNode schema, Type type, String where) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Map.class) {
                schema.put("type", "object");
                fromType(schema.putObject("additionalProperties"), arguments[1], where);
            } else {
                schema.put("type", "array");
                fromType(schema.putObject("items"), arguments[0], where);
            }
            return;
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalStateException(where + ": " + type);
        }
        switch (plain.getSimpleName()) {
            case "String" -> schema.put("type", "string");
            case "Integer" -> schema.put("type", "integer").put("format", "int32");
            case "Long" -> schema.put("type", "integer").put("format", "int64");
            case "Double" -> schema.put("type", "number").put("format", "double");
            case "Boolean" -> schema.put("type", "boolean");
            case "byte[]" -> schema.put("type", "string").put("format", "byte");
            case "OffsetDateTime" -> schema.put("$ref", META + "Time");
            case "Quantity" -> schema.put("$ref", QUANTITY);
            case "IntOrString" -> schema.put("$ref", INT_OR_STRING);
            default -> {
                String name = names.get(plain);
                if (name == null) {
                    throw new IllegalStateException(where + " has a type that no table explains: " + plain);
                }
                schema.put("$ref", name);
            }
        }
    }

    private void mergeFacts(ObjectNode schema, String definition, String field) {
        String[] row = mergeFacts.get(definition + " " + field);
        if (row == null) {
            return;
        }
        describe(schema, "x-kubernetes-list-type", row[2]);
        if (!row[3].isEmpty()) {
            var keys = schema.putArray("x-kubernetes-list-map-keys");
            List.of(row[3].split(",")).forEach(keys::add);
        }
        describe(schema, "x-kubernetes-map-type", row[4]);
        describe(schema, "x-kubernetes-patch-strategy", row[5]);
        describe(schema, "x-kubernetes-patch-merge-key", row[6]);
    }

    private static void describe(ObjectNode schema, String key, String value) {
        if (!value.isEmpty()) {
            schema.put(key, value);
        }
    }

    private static Set<String> required(Class<?> model) {
        try {
            var required = new TreeSet<String>();
            ((Set<?>) model.getField("openapiRequiredFields").get(null)).forEach(field -> required.add((String) field));
            return required;
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("another model library: " + model, changed);
        }
    }

    private static String annotation(java.lang.reflect.AnnotatedElement element, String type, String member) {
        for (Annotation annotation : element.getAnnotations()) {
            if (annotation.annotationType().getName().equals(type)) {
                try {
                    return ((String) annotation
                                    .annotationType()
                                    .getMethod(member)
                                    .invoke(annotation))
                            .strip();
                } catch (ReflectiveOperationException changed) {
                    throw new IllegalStateException("another annotation library: " + type, changed);
                }
            }
        }
        return "";
    }

    /// What has no fields of its own.
    Map<String, ObjectNode> special() {
        var special = new TreeMap<String, ObjectNode>();
        special.put("io.k8s.api.apiserverinternal.v1alpha1.StorageVersionSpec", free("object", ""));
        special.put("io.k8s.api.scheduling.v1alpha2.BasicSchedulingPolicy", free("object", ""));
        special.put(EXTENSIONS + "CustomResourceSubresourceStatus", free("object", ""));
        for (String any :
                List.of("JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray")) {
            special.put(EXTENSIONS + any, free("", "Any JSON value."));
        }
        special.put(META + "FieldsV1", free("object", "A set of fields, as a tree of `f:`, `k:`, `v:` and `i:` keys."));
        special.put(META + "Patch", free("object", "The body of a PATCH request."));
        special.put(RAW, free("object", "An object of whatever kind."));
        special.put(QUANTITY, text("quantity", "A number with an optional suffix, as 100m, 1.5, 2Gi or 1e3."));
        special.put(INT_OR_STRING, text("int-or-string", "A number, or a string (a name or a percentage)."));
        special.put(META + "Time", text("date-time", "A point in time as RFC 3339 spells it, to the second."));
        special.put(
                META + "MicroTime", text("date-time", "A point in time as RFC 3339 spells it, to the microsecond."));
        return special;
    }

    private static ObjectNode free(String type, String description) {
        ObjectNode schema = Json.object();
        describe(schema, "description", description);
        describe(schema, "type", type);
        return schema.put("x-kubernetes-preserve-unknown-fields", true);
    }

    private static ObjectNode text(String format, String description) {
        return Json.object()
                .put("description", description)
                .put("type", "string")
                .put("format", format);
    }
}
