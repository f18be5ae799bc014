using System.Reflection;
using System.Reflection.Emit;

namespace MdcTts.Conventions;

/// <summary>
/// One use: a type of the app, and another one that stands in its signature, body, base, fields or attributes.
/// </summary>
/// <param name="User">
/// The outermost type that uses; what the compiler generates counts for the type it was made from.
/// </param>
/// <param name="Used">The outermost type that is used.</param>
internal sealed record Use(Type User, Type Used);

/// <summary>
/// Reads from the compiled assembly which types use which. Constants are copied by the compiler and leave no trace.
/// </summary>
internal static class Uses
{
    private const BindingFlags All =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Every use of a type of this assembly by another one of it.</summary>
    public static IReadOnlyCollection<Use> In(Assembly assembly) =>
        [
            .. from type in assembly.GetTypes()
            from used in Of(type).SelectMany(Parts)
            where used.Assembly == assembly
            let pair = new Use(Outermost(type), Outermost(used))
            where pair.User != pair.Used
            group pair by pair into same
            select same.Key,
        ];

    private static IEnumerable<Type?> Of(Type type) =>
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. Attributes(type),
            .. type.GetFields(All).Select(field => field.FieldType),
            .. type.GetMembers(All).SelectMany(Attributes),
            .. type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)).SelectMany(OfMethod),
        ];

    private static IEnumerable<Type?> Attributes(MemberInfo member) =>
        member
            .GetCustomAttributesData()
            .SelectMany(a => a.ConstructorArguments.Select(argument => argument.Value as Type).Append(a.AttributeType));

    private static IEnumerable<Type?> OfMethod(MethodBase method) =>
        Signature(method)
            .Concat(method.GetMethodBody()?.LocalVariables.Select(local => (Type?)local.LocalType) ?? [])
            .Concat(Tokens(method).SelectMany(token => Resolve(method, token)));

    private static IEnumerable<Type?> Signature(MethodBase method) =>
        [
            method.DeclaringType,
            (method as MethodInfo)?.ReturnType,
            .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        ];

    private static IEnumerable<Type?> Resolve(MethodBase method, int token)
    {
        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, ofType, ofMethod) switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType, field.FieldType],
            MethodBase called => Signature(called),
            _ => [],
        };
    }

    // The tokens of types, fields and methods in a body; strings and signatures are none of these.
    private static IEnumerable<int> Tokens(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var at = 0;
        while (at < code.Length)
        {
            var value = code[at++] is var first && first == 0xFE ? (short)(0xFE00 | code[at++]) : first;
            var operand = OpCodesByValue[value].OperandType;
            if (
                operand
                is OperandType.InlineField
                    or OperandType.InlineMethod
                    or OperandType.InlineTok
                    or OperandType.InlineType
            )
                yield return BitConverter.ToInt32(code, at);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Parts(Type? type) =>
        type switch
        {
            null => [],
            { IsGenericParameter: true } => [],
            { HasElementType: true } => Parts(type.GetElementType()),
            { IsGenericType: true } => type.GetGenericArguments()
                .SelectMany(Parts)
                .Append(type.GetGenericTypeDefinition()),
            _ => [type],
        };

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
