export default { url: "https://garden.example.org/" };
