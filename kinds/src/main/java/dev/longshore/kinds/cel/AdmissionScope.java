package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What expressions about a request can speak of, beside `request`, `object`, `oldObject` and `namespaceObject`.
/// Never changes.
///
/// @param hasParams whether `params` are there
/// @param hasAuthorizer whether `authorizer` and `authorizer.requestResource` are there
/// @param makesPatches whether `Object{…}`, `JSONPatch{…}` and `jsonpatch.escapeKey` are there
/// @param isComposed whether `variables` are there
/// @param variables what variables there are, with their types
/// @param object what is known of the type of `object` and `oldObject`
/// @param params what is known of that of `params`
public record AdmissionScope(
        boolean hasParams,
        boolean hasAuthorizer,
        boolean makesPatches,
        boolean isComposed,
        Map<String, CelType> variables,
        Optional<DeclaredType> object,
        Optional<DeclaredType> params) {

    static final String VARIABLES_TYPE = "kubernetes.variables";

    public AdmissionScope {
        variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /// Of objects of any kind, without variables.
    public static AdmissionScope of(boolean hasParams, boolean hasAuthorizer) {
        return new AdmissionScope(hasParams, hasAuthorizer, false, false, Map.of(), Optional.empty(), Optional.empty());
    }

    /// The same, in which patches can be made or not.
    public AdmissionScope patching(boolean makes) {
        return new AdmissionScope(hasParams, hasAuthorizer, makes, isComposed, variables, object, params);
    }

    /// The same, with or without the authorizer.
    public AdmissionScope authorizing(boolean has) {
        return new AdmissionScope(hasParams, has, makesPatches, isComposed, variables, object, params);
    }

    /// The same, with variables, though there are none as yet.
    public AdmissionScope composed() {
        return new AdmissionScope(hasParams, hasAuthorizer, makesPatches, true, variables, object, params);
    }

    /// The same, about objects of a known kind.
    public AdmissionScope about(DeclaredType type) {
        return new AdmissionScope(
                hasParams, hasAuthorizer, makesPatches, isComposed, variables, Optional.of(type), params);
    }

    /// The same, with parameters of a known kind.
    public AdmissionScope with(DeclaredType type) {
        return new AdmissionScope(
                hasParams, hasAuthorizer, makesPatches, isComposed, variables, object, Optional.of(type));
    }

    /// The same, with one variable more.
    ///
    /// @param type empty if its expression cannot be used
    public AdmissionScope variable(String name, Optional<CelType> type) {
        var more = new LinkedHashMap<>(variables);
        more.put(name, type.map(AdmissionScope::plain).orElse(SimpleType.DYN));
        return new AdmissionScope(hasParams, hasAuthorizer, makesPatches, true, more, object, params);
    }

    /// The types of variables are scalars, lists and maps; all else is anything.
    private static CelType plain(CelType type) {
        return switch (type.kind()) {
            case BOOL, BYTES, DOUBLE, DURATION, INT, NULL_TYPE, STRING, TIMESTAMP, UINT, ANY -> type;
            case LIST ->
                dev.cel.common.types.ListType.create(plain(type.parameters().getFirst()));
            case MAP ->
                dev.cel.common.types.MapType.create(
                        plain(type.parameters().get(0)), plain(type.parameters().get(1)));
            default -> SimpleType.DYN;
        };
    }
}
