using System.Net;
using System.Net.Sockets;

namespace MdcTts.Infrastructure.Security;

/// <summary>Which addresses count as one sender, because one person can easily change between them.</summary>
public static class Networks
{
    private const int IPv4Bytes = 3;
    private const int IPv6Bytes = 8;
    private const int WideBytes = 6;

    /// <summary>The /24 or /64 of an address, in hex.</summary>
    public static string Of(IPAddress? address) =>
        Plain(address) is { } plain ? Prefix(plain, IsIPv6(plain) ? IPv6Bytes : IPv4Bytes) : "none";

    /// <summary>The /48 of an IPv6 address, in hex: a customer gets as much. Null for IPv4.</summary>
    public static string? WideOf(IPAddress? address) =>
        Plain(address) is { } plain && IsIPv6(plain) ? Prefix(plain, WideBytes) : null;

    /// <summary>The whole IPv4 address, or the /64 of an IPv6 one: a host has as much.</summary>
    public static string VisitorOf(IPAddress? address) =>
        Plain(address) is { } plain && !IsIPv6(plain) ? plain.ToString() : Of(address);

    private static IPAddress? Plain(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static bool IsIPv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    private static string Prefix(IPAddress address, int bytes) =>
        Convert.ToHexStringLower(address.GetAddressBytes(), 0, bytes);
}
