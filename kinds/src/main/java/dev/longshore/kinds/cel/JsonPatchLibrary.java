package dev.longshore.kinds.cel;

import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import java.util.List;

/// `jsonpatch.escapeKey`: a text as one step of a path. Thread-safe.
final class JsonPatchLibrary implements CelCompilerLibrary, CelRuntimeLibrary {

    private static final CelFunction ESCAPE = CelFunction.global(
            "jsonpatch.escapeKey",
            SimpleType.STRING,
            List.of(SimpleType.STRING),
            given -> ((String) given.getFirst()).replace("~", "~0").replace("/", "~1"));

    @Override
    public void setCheckerOptions(CelCheckerBuilder builder) {
        builder.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(ESCAPE.name(), ESCAPE.declaration()));
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder builder) {
        builder.addFunctionBindings(ESCAPE.binding());
    }
}
